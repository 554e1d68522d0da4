// Text and preview scroll together. Headings are the fixed points, in their order
// in both; between two of them places correspond in proportion.
import { all } from './dom.js'

export function follow(view, pane, text) {
  let points = [] // { line, y }: a line of the text and where it is in the preview
  let driver = null // the pane that the reader scrolls; the other one follows
  for (const [element, name] of [[view.dom, 'text'], [pane, 'preview']]) {
    for (const type of ['pointerenter', 'focusin', 'wheel', 'touchstart']) {
      element.addEventListener(type, () => { driver = name }, { passive: true })
    }
  }
  const measure = () => {
    const lines = headingLines(view.state.doc)
    const top = text.getBoundingClientRect().top
    const headings = all(':is(h1, h2, h3, h4, h5, h6):not(.embed *, .footnotes *)', text).map((heading) => heading.getBoundingClientRect().top - top)
    const inner = lines.length === headings.length ? lines.map((line, i) => ({ line, y: headings[i] })) : []
    points = [{ line: 1, y: 0 }, ...inner, { line: view.state.doc.lines + 1, y: text.scrollHeight }]
  }
  const offset = () => text.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop
  const topLine = () => {
    const block = view.lineBlockAtHeight(view.scrollDOM.scrollTop)
    const part = block.height > 0 ? (view.scrollDOM.scrollTop - block.top) / block.height : 0
    return view.state.doc.lineAt(block.from).number + Math.max(0, Math.min(1, part))
  }
  const toText = () => {
    if (points.length === 0) return
    const line = topLine()
    pane.scrollTop = line <= 1.01 ? 0 : between(points, 'line', 'y', line) + offset()
  }
  const toPreview = () => {
    const line = between(points, 'y', 'line', pane.scrollTop - offset())
    const number = Math.max(1, Math.min(Math.floor(line), view.state.doc.lines))
    const block = view.lineBlockAt(view.state.doc.line(number).from)
    view.scrollDOM.scrollTop = pane.scrollTop === 0 ? 0 : block.top + (line - number) * block.height
  }
  pane.addEventListener('scroll', () => {
    if (driver === 'preview' && pane.parentElement.dataset.mode === 'both') {
      measure()
      toPreview()
    }
  }, { passive: true })
  return {
    measure, toText,
    textScrolled() {
      if (driver !== 'text') return
      measure()
      toText()
    },
    /** Brings what the cursor is in into the view of the preview. */
    toCursor() {
      const line = view.state.doc.lineAt(view.state.selection.main.head).number
      pane.scrollTop = between(points, 'line', 'y', line) + offset() - pane.clientHeight / 3
    },
  }
}

/** The value that corresponds to one between two points. */
export function between(points, from, to, value) {
  const next = points.findIndex((point) => point[from] > value)
  if (next === 0) return points[0][to]
  if (next < 0) return points.at(-1)[to]
  const [a, b] = [points[next - 1], points[next]]
  return a[to] + (b[to] - a[to]) * (value - a[from]) / (b[from] - a[from])
}

/** The lines of the headings in Markdown, counted from 1. */
function headingLines(doc) {
  const found = []
  let fence = null
  let number = 0
  for (const line of doc.iterLines()) {
    number++
    const mark = line.match(/^ {0,3}(`{3,}|~{3,})/)?.[1]
    if (fence) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = null
    } else if (mark) {
      fence = mark
    } else if (number === 1 && line === '---') {
      fence = '---'
    } else if (/^ {0,3}#{1,6}(?:\s|$)/.test(line)) {
      found.push(number)
    }
    if (fence === '---' && number > 1 && line === '---') fence = null
  }
  return found
}
