// The text in CodeMirror. It lives in a shadow root: there its style sheets are
// adopted objects instead of style elements, which the policy of the pages forbids.
import { element } from './dom.js'
import { theme } from './editor_theme.js'
import {
  defaultKeymap, drawSelection, dropCursor, EditorState, EditorView, highlightSelectionMatches, highlightSpecialChars,
  history, historyKeymap, keymap, markdown, markdownLanguage, search, searchKeymap,
} from './vendor/codemirror.js'

/** Makes the editor of a text field; changed and scrolled are called when that happens. */
export function createView(textarea, { extensions, changed, scrolled }) {
  const host = element('div', { className: 'editor-write' })
  const root = host.attachShadow({ mode: 'open' })
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        extensions,
        highlightSpecialChars(), history(), drawSelection(), dropCursor(), highlightSelectionMatches(), search({ top: true }),
        markdown({ base: markdownLanguage, completeHTMLTags: false }),
        keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        EditorState.allowMultipleSelections.of(true),
        EditorState.readOnly.of(textarea.readOnly),
        EditorView.contentAttributes.of({
          'aria-label': textarea.ariaLabel ?? 'Text of the page', spellcheck: 'true', autocorrect: 'on', autocapitalize: 'sentences',
          ...(textarea.lang ? { lang: textarea.lang } : {}),
        }),
        EditorView.updateListener.of((update) => { if (update.docChanged) changed() }),
        EditorView.domEventHandlers({ beforeinput: typeOver }),
        theme(),
      ],
    }),
  })
  view.scrollDOM.addEventListener('scroll', scrolled, { passive: true })
  // Seen from the document, keys pressed in the shadow root are pressed on a mere
  // <div>: without this, letters would be taken for shortcuts of the page.
  host.addEventListener('keydown', (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation()
  })
  return { host, view }
}

// Chromium keeps the look of a text that is typed over by a style attribute, which
// the policy of the pages refuses with a complaint. Here there is nothing to keep.
function typeOver(event, view) {
  if (event.inputType !== 'insertText' || view.composing || view.state.readOnly || view.state.selection.main.empty) return false
  view.dispatch(view.state.replaceSelection(event.data ?? ''), { userEvent: 'input.type', scrollIntoView: true })
  return true
}

export const textOf = (view) => view.state.doc.toString()

/** Where the cursor is, counted from 0. */
export function cursorOf(view) {
  const { head } = view.state.selection.main
  const line = view.state.doc.lineAt(head)
  return { line: line.number - 1, ch: head - line.from }
}
