// Brings the list up to date from the server without moving what has not
// changed, so that focus, open menus and the place on the page stay.
import { all, one, page } from './dom.js'
import { localTimes } from './times.js'

let running = null
let again = false

/** Fetches the list and merges it; calls that come meanwhile are one more turn. */
export function refreshRows() {
  if (running) {
    again = true
    return running
  }
  running = merge().catch(() => {}).finally(() => {
    running = null
    if (again) {
      again = false
      return refreshRows()
    }
  })
  return running
}

async function merge() {
  const fresh = await page(location.href)
  const [was, is] = [one('.documents'), one('.documents', fresh)]
  localTimes(fresh)
  if (was && is) mergeRows(was, is)
  else replace('#documents', fresh)
  replace('.page-note', fresh) || one('.page-head h1')?.after(...all('.page-note', fresh))
  const form = one('.drop-empty')
  const slim = one('.drop:not(.drop-empty)', fresh)
  if (form && slim) {
    form.className = slim.className
    form.replaceChildren(...slim.childNodes)
  }
}

function mergeRows(was, is) {
  const known = new Map(all('[data-document]', was).map((row) => [row.id, row]))
  let before = null
  for (const row of [...is.children]) {
    const old = known.get(row.id)
    known.delete(row.id)
    const keep = old && (old.outerHTML === row.outerHTML || one('details[open]', old))
    const placed = keep ? old : row
    const focused = old && !keep && old.contains(document.activeElement)
    if (old && !keep) old.replaceWith(row)
    if (placed.parentNode !== was || placed.previousElementSibling !== before) {
      before ? before.after(placed) : was.prepend(placed)
    }
    if (focused) one('[data-row-link]', placed)?.focus({ preventScroll: true })
    before = placed
  }
  for (const gone of known.values()) gone.remove()
}

function replace(selector, fresh) {
  const [was, is] = [one(selector), one(selector, fresh)]
  if (!was || !is) return false
  was.replaceWith(is)
  return true
}
