// j and k move through the rows of a list by focusing their links.
import { all, one, typing } from './dom.js'

export function startRowKeys(rowSelector, linkSelector = '[data-row-link]') {
  document.addEventListener('keydown', (event) => {
    if (typing(event) || (event.key !== 'j' && event.key !== 'k')) return
    const rows = all(rowSelector)
    const at = rows.findIndex((row) => row.contains(document.activeElement))
    const to = event.key === 'j' ? Math.min(at + 1, rows.length - 1) : Math.max(at - 1, 0)
    const link = rows[to] && one(linkSelector, rows[to])
    if (!link) return
    event.preventDefault()
    link.focus({ preventScroll: true })
    rows[to].scrollIntoView({ block: 'nearest' })
  })
}
