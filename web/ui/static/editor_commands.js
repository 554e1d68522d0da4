// What the toolbar and the keys do to the Markdown. Every command takes the view
// and leaves the cursor where writing goes on.
import { EditorSelection } from './vendor/codemirror.js'

/** Puts a mark such as ** around each selection, or takes it away. */
export function toggleMark(view, mark, sample) {
  const { state } = view
  change(view, (selected) => {
    const word = selected.empty ? state.wordAt(selected.head) : null
    const range = word ?? selected
    const n = mark.length
    if (surrounds(state, range, mark)) {
      return {
        changes: [{ from: range.from - n, to: range.from }, { from: range.to, to: range.to + n }],
        range: EditorSelection.range(selected.anchor - n, selected.head - n),
      }
    }
    const inner = state.sliceDoc(range.from, range.to)
    if (inner.length > 2 * n && inner.startsWith(mark) && inner.endsWith(mark) && (n > 1 || inner[1] !== mark)) {
      return {
        changes: [{ from: range.from, to: range.from + n }, { from: range.to - n, to: range.to }],
        range: EditorSelection.range(range.from, range.to - 2 * n),
      }
    }
    const text = range.empty ? sample : inner
    return {
      changes: { from: range.from, to: range.to, insert: mark + text + mark },
      range: EditorSelection.range(range.from + n, range.from + n + text.length),
    }
  })
}

// A run of three asterisks is strong and emphasised at once.
function surrounds(state, { from, to }, mark) {
  const run = Math.min(count(state.sliceDoc(Math.max(0, from - 3), from), mark[0], true), count(state.sliceDoc(to, to + 3), mark[0], false))
  return mark.length === 1 ? run % 2 === 1 : run >= mark.length
}

function count(text, character, fromEnd) {
  const characters = fromEnd ? [...text].reverse() : [...text]
  const other = characters.findIndex((c) => c !== character)
  return other < 0 ? characters.length : other
}

/** Makes the selected lines headings of a level, or plain ones when they are that; 0 is plain. */
export function setHeading(view, level) {
  const marks = level > 0 ? `${'#'.repeat(level)} ` : ''
  eachLine(view, (text) => {
    const old = text.match(/^#{1,6}(?:\s+|$)/)?.[0] ?? ''
    return { remove: old.length, insert: old === marks ? '' : marks }
  })
}

const prefixes = /^(\s*)(?:[-*+] \[[ xX]\] |[-*+] |\d+[.)] |> )?/

/** Makes the selected lines items of a list or a quotation, or plain lines when they are. */
export function toggleLines(view, kind) {
  const prefix = { bullets: () => '- ', numbers: (i) => `${i + 1}. `, tasks: () => '- [ ] ', quote: () => '> ' }[kind]
  const same = { bullets: /^\s*[-*+] (?!\[[ xX]\] )/, numbers: /^\s*\d+[.)] /, tasks: /^\s*[-*+] \[[ xX]\] /, quote: /^\s*> / }[kind]
  const lines = selectedLines(view.state)
  const off = lines.every((line) => same.test(line.text))
  eachLine(view, (text, i) => {
    const [old, indent] = text.match(prefixes)
    return { skip: indent.length, remove: old.length - indent.length, insert: off ? '' : prefix(i) }
  })
}

function selectedLines({ doc, selection: { main } }) {
  const first = doc.lineAt(main.from).number
  const last = doc.lineAt(main.to).number
  const lines = Array.from({ length: last - first + 1 }, (_, i) => doc.line(first + i))
  return lines.length > 1 ? lines.filter((line) => line.text.trim() !== '') : lines
}

function eachLine(view, edit) {
  const changes = selectedLines(view.state).map((line, i) => {
    const { skip = 0, remove, insert } = edit(line.text, i)
    return { from: line.from + skip, to: line.from + skip + remove, insert }
  })
  const set = view.state.changes(changes)
  // The cursor of an empty line stays behind what was put before it.
  const selection = EditorSelection.range(set.mapPos(view.state.selection.main.anchor, 1), set.mapPos(view.state.selection.main.head, 1))
  view.dispatch({ changes: set, selection, scrollIntoView: true, userEvent: 'input' })
}

/** Makes the selection the text of a link, or its address when it is one. */
export function insertLink(view) {
  change(view, ({ from, to }) => {
    const text = view.state.sliceDoc(from, to)
    const isAddress = /^(?:https?:\/\/|mailto:)\S+$/.test(text)
    const label = isAddress ? 'text' : text || 'text'
    const address = isAddress ? text : 'https://'
    const insert = `[${label}](${address})`
    const at = from + (isAddress || !text ? 1 : label.length + 3)
    return { changes: { from, to, insert }, range: EditorSelection.range(at, at + (isAddress || !text ? label : address).length) }
  })
}

/** Makes the selection a link to a page of this wiki. */
export function insertWikilink(view) {
  change(view, ({ from, to }) => {
    const page = view.state.sliceDoc(from, to) || 'Page'
    return { changes: { from, to, insert: `[[${page}]]` }, range: EditorSelection.range(from + 2, from + 2 + page.length) }
  })
}

/** Marks code: inside a line by backquotes, whole lines by a fence. */
export function insertCode(view) {
  const { state } = view
  const { from, to } = state.selection.main
  const text = state.sliceDoc(from, to)
  const line = state.doc.lineAt(from)
  if (!text.includes('\n') && line.text.trim() !== '') return toggleMark(view, '`', 'code')
  const end = state.doc.lineAt(to)
  const fence = /^```/m.test(text) ? '````' : '```'
  const insert = `${fence}\n${state.sliceDoc(line.from, end.to)}\n${fence}`
  view.dispatch({ changes: { from: line.from, to: end.to, insert }, selection: { anchor: line.from + fence.length }, userEvent: 'input' })
}

/** Puts a block on lines of its own after the cursor's; select is a part of it to select. */
export function insertBlock(view, block, select = '') {
  const line = view.state.doc.lineAt(view.state.selection.main.head)
  const before = line.text.trim() === '' ? '' : '\n\n'
  const after = line.number < view.state.doc.lines && view.state.doc.line(line.number + 1).text.trim() !== '' ? '\n' : ''
  const start = line.to + before.length
  const at = select ? start + block.indexOf(select) : start + block.length
  view.dispatch({
    changes: { from: line.to, insert: `${before}${block}\n${after}` },
    selection: { anchor: at, head: at + select.length }, scrollIntoView: true, userEvent: 'input',
  })
}

function change(view, edit) {
  view.dispatch(view.state.update(view.state.changeByRange(edit), { scrollIntoView: true, userEvent: 'input' }))
}
