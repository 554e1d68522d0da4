// Turns the plain form of a page's text into an editor. When anything here fails
// to load, the text field and its Preview button are still there.
import { all, element, one } from './dom.js'
import { startDrafts } from './editor_drafts.js'
import { acceptFiles } from './editor_files.js'
import { startPreview } from './editor_preview.js'
import { editingKeys, toolbar } from './editor_tools.js'
import { createView, cursorOf, textOf } from './editor_view.js'

for (const form of all('form[data-wiki-editor]')) start(form)

function start(form) {
  const textarea = form.elements.namedItem('content')
  const state = one('[data-draft-state]', form) ?? form.appendChild(element('p'))
  const listeners = { changed: [], scrolled: [] }
  const files = acceptFiles(form.dataset.attachmentUrl)
  const { host, view } = createView(textarea, {
    extensions: [files.extension, editingKeys()],
    changed: () => { for (const tell of listeners.changed) tell() },
    scrolled: () => { for (const tell of listeners.scrolled) tell() },
  })
  const panes = element('div', { className: 'editor-panes' })
  textarea.hidden = true
  textarea.required = false // a browser cannot point at a field that is hidden
  textarea.after(panes)
  panes.append(host)
  for (const label of textarea.labels) label.addEventListener('click', () => view.focus())

  const preview = startPreview(form.dataset.previewUrl, panes, view)
  panes.before(toolbar(view, { form, files, preview }))
  for (const fallback of all('[data-editor-fallback]', form)) fallback.hidden = true

  const drafts = startDrafts(form, state, { text: () => textOf(view), cursor: () => cursorOf(view) })
  listeners.changed.push(drafts.changed, preview.changed)
  listeners.scrolled.push(preview.scrolled)

  form.addEventListener('submit', () => { textarea.value = textOf(view) })
  addEventListener('pagehide', () => { textarea.value = textOf(view) })
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    event.preventDefault()
    if (!one('dialog[open]')) form.requestSubmit(one('[data-editor-save]', form))
  })
  const { draftLine, draftCh } = form.dataset
  if (draftLine !== undefined) placeCursor(view, Number(draftLine), Number(draftCh ?? 0))
  if (form.dataset.focus !== undefined || draftLine !== undefined) view.focus()
  form.dataset.wikiEditor = 'ready'
}

/** Puts the cursor where a draft left it; lines count from 0. */
function placeCursor(view, line, column) {
  if (!Number.isInteger(line) || !Number.isInteger(column) || line < 0 || column < 0) return
  const at = view.state.doc.line(Math.min(line + 1, view.state.doc.lines))
  view.dispatch({ selection: { anchor: Math.min(at.from + column, at.to) }, scrollIntoView: true })
}
