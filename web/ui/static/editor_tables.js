// Tables in Markdown: a new one, and the columns of one lined up.
import { insertBlock } from './editor_commands.js'

export function insertTable(view) {
  insertBlock(view, '| Column | Column | Column |\n| ------ | ------ | ------ |\n|        |        |        |\n|        |        |        |', 'Column')
}

/** Lines up the table that the cursor is in. It reports whether there is one. */
export function formatTable(view) {
  const { doc, selection } = view.state
  const here = doc.lineAt(selection.main.head).number
  const isRow = (number) => number >= 1 && number <= doc.lines && doc.line(number).text.includes('|')
  if (!isRow(here)) return false
  let first = here
  let last = here
  while (isRow(first - 1)) first--
  while (isRow(last + 1)) last++
  const lines = Array.from({ length: last - first + 1 }, (_, i) => doc.line(first + i).text)
  const formatted = lineUp(lines)
  if (!formatted) return false
  const { from } = doc.line(first)
  const { to } = doc.line(last)
  const at = doc.line(here)
  const column = selection.main.head - at.from
  const insert = formatted.join('\n')
  const start = from + formatted.slice(0, here - first).join('\n').length + (here > first ? 1 : 0)
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: start + Math.min(column, formatted[here - first].length) }, userEvent: 'input',
  })
  return true
}

/** The lines of a table with cells of equal width, or null when they are none. */
export function lineUp(lines) {
  const indent = lines[0].match(/^\s*/)[0]
  const rows = lines.map(cells)
  if (rows.length < 2 || !rows[1].every((cell) => /^:?-+:?$/.test(cell))) return null
  const columns = Math.max(...rows.map((row) => row.length))
  const sides = Array.from({ length: columns }, (_, i) => side(rows[1][i] ?? '-'))
  const widths = sides.map((_, i) => Math.max(3, ...rows.map((row, n) => n === 1 ? 0 : width(row[i] ?? ''))))
  return rows.map((row, n) => {
    const padded = widths.map((wide, i) => n === 1 ? rule(wide, sides[i]) : pad(row[i] ?? '', wide, sides[i]))
    return `${indent}| ${padded.join(' | ')} |`
  })
}

// A bar that is escaped or in a wikilink divides no cells.
function cells(line) {
  const inner = line.trim().replace(/^\|/, '').replace(/(?<!\\)\|$/, '')
  const found = ['']
  for (const part of inner.match(/\\.|\[\[[^\]]*\]\]|[^]/g) ?? []) {
    if (part === '|') found.push('')
    else found[found.length - 1] += part
  }
  return found.map((cell) => cell.trim())
}

const side = (cell) => `${cell.startsWith(':') ? 'l' : ''}${cell.endsWith(':') ? 'r' : ''}`

function rule(wide, at) {
  return `${at.includes('l') ? ':' : '-'}${'-'.repeat(wide - 2)}${at.includes('r') ? ':' : '-'}`
}

function pad(text, wide, at) {
  const room = wide - width(text)
  const left = at === 'r' ? room : at === 'lr' ? Math.floor(room / 2) : 0
  return ' '.repeat(left) + text + ' '.repeat(room - left)
}

// Characters of East Asian scripts and pictures take two columns.
function width(text) {
  let columns = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    columns += /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u.test(segment) ? 2 : 1
  }
  return columns
}
