// What the page editor needs of CodeMirror 6, as one module.
export { defaultKeymap, history, historyKeymap, indentLess, indentMore, redo, undo } from '@codemirror/commands'
export { markdown, markdownLanguage } from '@codemirror/lang-markdown'
export { HighlightStyle, syntaxHighlighting, syntaxTree } from '@codemirror/language'
export { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search'
export { EditorSelection, EditorState } from '@codemirror/state'
export { drawSelection, dropCursor, EditorView, highlightSpecialChars, keymap } from '@codemirror/view'
export { tags } from '@lezer/highlight'
