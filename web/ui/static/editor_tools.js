// The bar over the text, and the keys that do the same.
import { all, element } from './dom.js'
import { insertBlock, insertCode, insertLink, insertWikilink, setHeading, toggleLines, toggleMark } from './editor_commands.js'
import { reference } from './editor_files.js'
import { icon } from './editor_icons.js'
import { formatTable, insertTable } from './editor_tables.js'
import { toast } from './toast.js'
import { indentLess, indentMore, keymap, openSearchPanel, redo, undo } from './vendor/codemirror.js'

const bold = (view) => toggleMark(view, '**', 'bold')
const italic = (view) => toggleMark(view, '*', 'italic')
const format = (view) => { if (!formatTable(view)) toast('Put the cursor into a table to line it up.') }

/** The keys of the editor beside CodeMirror's own. */
export function editingKeys() {
  const does = (command) => (view) => {
    command(view)
    return true
  }
  // Tab belongs to the browser, but in a list it moves an item.
  const inList = (command) => (view) => {
    const { doc, selection: { main } } = view.state
    return /^\s*(?:[-*+]|\d+[.)]) /.test(doc.lineAt(main.from).text) && command(view)
  }
  return keymap.of([
    { key: 'Mod-b', run: does(bold) }, { key: 'Mod-i', run: does(italic) }, { key: 'Mod-k', run: does(insertLink) },
    { key: 'Mod-e', run: does(insertCode) },
    { key: 'Tab', run: inList(indentMore), shift: inList(indentLess) },
  ])
}

/** Builds the bar of an editor. */
export function toolbar(view, { form, files, preview }) {
  const tool = (name, label, command) => button(view, icon(name), label, command)
  const item = (label, command) => button(view, label, '', command)
  const headings = ['Heading 1', 'Heading 2', 'Heading 3', 'Heading 4']
  const bar = element('div', { className: 'editor-tools', role: 'toolbar', ariaLabel: 'Formatting' },
    group(tool('undo', 'Undo (Ctrl Z)', undo), tool('redo', 'Redo (Ctrl Y)', redo)),
    group(
      menu('heading', 'Heading', ...headings.map((label, i) => item(label, () => setHeading(view, i + 1))), item('Plain text', () => setHeading(view, 0))),
      tool('bold', 'Bold (Ctrl B)', bold), tool('italic', 'Italic (Ctrl I)', italic),
      tool('strike', 'Struck through', () => toggleMark(view, '~~', 'struck'))),
    group(tool('bullets', 'List', () => toggleLines(view, 'bullets')), tool('numbers', 'Numbered list', () => toggleLines(view, 'numbers')),
      tool('tasks', 'Task list', () => toggleLines(view, 'tasks')), tool('quote', 'Quotation', () => toggleLines(view, 'quote'))),
    group(tool('link', 'Link (Ctrl K)', insertLink), tool('wikilink', 'Link to a page', insertWikilink),
      files.enabled && attachments(view, form, files, item)),
    group(menu('table', 'Table', item('New table', insertTable), item('Line up columns', format)),
      tool('code', 'Code (Ctrl E)', insertCode), tool('rule', 'Line across', () => insertBlock(view, '---'))),
    group(tool('find', 'Find and replace (Ctrl F)', openSearchPanel)),
    preview.enabled && modes(preview))
  moveByArrows(bar)
  return bar
}

const group = (...tools) => element('div', { className: 'editor-group' }, ...tools.filter(Boolean))

function button(view, content, label, command) {
  const made = element('button', { type: 'button', className: label ? 'tool' : '', title: label, ariaLabel: label || null }, content)
  made.addEventListener('click', () => {
    made.closest('[data-menu]')?.removeAttribute('open')
    view.focus()
    command(view)
  })
  // Pressing a button does not take the selection away from the text.
  made.addEventListener('mousedown', (event) => event.preventDefault())
  return made
}

function menu(picture, label, ...items) {
  const made = element('details', { className: 'menu' },
    element('summary', { className: 'tool', title: label, ariaLabel: label }, icon(picture)),
    element('div', { className: 'menu-body' }, ...items))
  made.dataset.menu = ''
  return made
}

// What the page has already is listed by the server, below the upload.
function attachments(view, form, files, item) {
  const listed = all('[data-editor-attachments] [data-filename]', form)
  return menu('picture', 'Pictures and attachments', item('Upload files…', () => files.pick(view)),
    ...listed.map(({ dataset, textContent }) => item(textContent, () => {
      view.dispatch(view.state.replaceSelection(reference(dataset.filename)))
    })))
}

function modes(preview) {
  const names = { write: 'Write', both: 'Both', preview: 'Preview' }
  const box = element('div', { className: 'segments editor-modes', role: 'group', ariaLabel: 'Preview' })
  for (const [mode, textContent] of Object.entries(names)) {
    const made = element('button', { type: 'button', textContent, ariaPressed: String(mode === 'write') })
    made.dataset.mode = mode
    made.addEventListener('click', () => {
      for (const other of box.children) other.ariaPressed = String(other === made)
      preview.show(mode)
    })
    box.append(made)
  }
  return box
}

// One stop of the Tab key for the whole bar, as screen readers expect of a toolbar.
function moveByArrows(bar) {
  const stops = all('.editor-group > button, .editor-group > details > summary, .editor-modes > button', bar)
  for (const [i, stop] of stops.entries()) stop.tabIndex = i === 0 ? 0 : -1
  bar.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const at = stops.indexOf(document.activeElement)
    if (!step || at < 0) return
    event.preventDefault()
    stops[at].tabIndex = -1
    const next = stops[(at + step + stops.length) % stops.length]
    next.tabIndex = 0
    next.focus()
  })
}
