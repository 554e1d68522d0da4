// How the editor looks: the tokens of the style sheet reach into its shadow root.
import { EditorState, EditorView, HighlightStyle, syntaxHighlighting, tags } from './vendor/codemirror.js'

export function theme() {
  return [look, syntaxHighlighting(syntax), EditorState.phrases.of(phrases)]
}

const phrases = {
  next: 'Next', previous: 'Previous', all: 'Select all', replace: 'Replace', 'replace all': 'Replace all',
  'match case': 'Match case', regexp: 'Regular expression', 'by word': 'Whole words',
}

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--raised)', fontSize: '0.9063rem' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.65', overflow: 'auto' },
  '.cm-content': { padding: '1rem 0 40vh', caretColor: 'var(--ink)', maxWidth: '52rem', margin: '0 auto' },
  '.cm-line': { padding: '0 1.25rem' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'light-dark(#cfe9e5, #24504c)',
  },
  '.cm-selectionMatch': { backgroundColor: 'light-dark(#e6f0e9, #25382f)' },
  '.cm-searchMatch': { backgroundColor: 'var(--mark)', color: 'var(--on-mark)' },
  '.cm-searchMatch-selected': { outline: '2px solid var(--accent)' },
  '.cm-specialChar': { color: 'var(--danger)' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)', fontFamily: 'var(--sans)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panel.cm-search': {
    display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '0.375rem', padding: '0.5rem 2.5rem 0.5rem 0.75rem', fontSize: 'var(--small)',
  },
  '.cm-panel.cm-search br': { flexBasis: '100%', height: '0', content: '""' },
  '.cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label': { margin: '0' },
  '.cm-panel.cm-search label': { display: 'inline-flex', alignItems: 'center', gap: '0.25rem', fontSize: '0.8125rem', color: 'var(--muted)' },
  '.cm-panel.cm-search input[type=checkbox]': { accentColor: 'var(--accent)' },
  '.cm-panel.cm-search [name=close]': { fontSize: '1.125rem', color: 'var(--muted)', padding: '0 0.5rem', right: '0.25rem', top: '0.375rem', cursor: 'pointer' },
  '.cm-textfield': {
    font: 'inherit', color: 'inherit', backgroundColor: 'var(--raised)', padding: '0.2rem 0.5rem', minWidth: '9rem',
    border: '1px solid var(--line-strong)', borderRadius: 'var(--round-small)',
  },
  '.cm-textfield:focus-visible': { outline: '2px solid var(--accent)', outlineOffset: '-1px' },
  '.cm-button': {
    font: 'inherit', color: 'inherit', backgroundImage: 'none', backgroundColor: 'var(--raised)', padding: '0.2rem 0.6rem', cursor: 'pointer',
    border: '1px solid var(--line)', borderRadius: 'var(--round-small)',
  },
  '.cm-button:active': { backgroundImage: 'none', backgroundColor: 'var(--tint)' },
})

const syntax = HighlightStyle.define([
  { tag: tags.heading1, fontWeight: '700', fontSize: '1.25em' },
  { tag: tags.heading2, fontWeight: '700', fontSize: '1.125em' },
  { tag: tags.heading, fontWeight: '700' },
  { tag: tags.strong, fontWeight: '700' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strikethrough, textDecoration: 'line-through' },
  { tag: tags.link, color: 'var(--accent)' },
  { tag: tags.url, color: 'var(--muted)' },
  { tag: tags.monospace, color: 'var(--syntax-string)' },
  { tag: tags.quote, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.labelName], color: 'var(--muted)' },
  { tag: [tags.angleBracket, tags.comment], color: 'var(--muted)' },
  { tag: tags.atom, color: 'var(--accent)' },
])
