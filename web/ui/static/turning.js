// Turning a page replaces the parts that show it and leaves the rest: what is
// folded, how far the contents are scrolled, where the focus is. The next page
// is fetched while the present one is read.
import { all, one, page } from './dom.js'
import { announce } from './toast.js'

const pages = new Map() // address → promise of its parsed page
const kept = 6
let latest = 0 // the last turn asked for; slower answers to earlier ones are dropped

function fetched(address) {
  if (!pages.has(address)) {
    const loading = page(address)
    loading.catch(() => pages.delete(address))
    pages.set(address, loading)
    if (pages.size > kept) pages.delete(pages.keys().next().value)
  }
  return pages.get(address)
}

export function startTurning() {
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-turn]')
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    turn(link.href)
  })
  addEventListener('popstate', () => turn(location.href, false))
}

/** Shows another page of the document; the address follows unless it has already. */
export async function turn(address, push = true) {
  const mine = ++latest
  let fresh
  try {
    fresh = await fetched(address)
  } catch {
    location.assign(address)
    return
  }
  if (mine !== latest) return
  if (push) history.pushState(null, '', address)
  swap(document.importNode(fresh.documentElement, true), fresh.title)
  const reader = one('[data-reader]')
  const top = reader.getBoundingClientRect().top + scrollY
  if (scrollY > top) scrollTo(0, top)
  showHit()
  announce(`Page ${one('[data-go]').value}`)
  prefetch()
}

function swap(fresh, title) {
  const focused = document.activeElement?.closest('[data-swap]') && document.activeElement
  const selector = focused && `[data-swap="${focused.closest('[data-swap]').dataset.swap}"] ` +
    (focused.rel ? `[rel="${focused.rel}"]` : focused.dataset.hit ? `[data-hit="${focused.dataset.hit}"]` : focused.id ? `#${focused.id}` : 'a')
  document.title = title
  for (const part of all('[data-swap]')) {
    const next = one(`[data-swap="${part.dataset.swap}"]`, fresh)
    if (next) part.replaceWith(next)
  }
  swapRail(fresh)
  const [find, findNow] = [one('[data-find]'), one('[data-find]', fresh)]
  find.form.action = findNow.form.action
  if (find !== document.activeElement) find.value = findNow.value
  for (const next of all('[data-themes] [name="next"]')) next.value = location.pathname + location.search
  if (selector) (one(selector) ?? one('#main')).focus({ preventScroll: true })
}

function swapRail(fresh) {
  const [rail, next] = [one('[data-rail]'), one('[data-rail]', fresh)]
  if (!rail || !next) return
  const open = one('[data-thumbnails]', rail)?.open
  const scrolled = rail.scrollTop
  rail.replaceChildren(...next.childNodes)
  if (open) one('[data-thumbnails]', rail).open = true
  rail.scrollTop = scrolled
  const current = one('[aria-current]', rail)
  if (!current) return
  const [box, inside] = [rail.getBoundingClientRect(), current.getBoundingClientRect()]
  if (inside.top < box.top || inside.bottom > box.bottom) rail.scrollTop += inside.top - box.top - box.height / 3
}

/** Scrolls to the first mark of the page, or its passage, when it is out of sight. */
export function showHit() {
  const hit = one('[data-swap="sheet"] :is(.passage, .hit, mark)')
  if (!hit) return
  const { top, bottom } = hit.getBoundingClientRect()
  if (top < 0 || bottom > innerHeight) hit.scrollIntoView({ block: 'center' })
}

/** Fetches the page after this one, and its picture. */
export async function prefetch() {
  const link = one('[data-hit="next"]') ?? one('[rel="next"][data-turn]')
  if (!link || navigator.connection?.saveData) return
  try {
    const picture = one('.sheet img', await fetched(link.href))
    if (!picture) return
    const ahead = new Image()
    ahead.sizes = picture.sizes
    ahead.srcset = picture.srcset
  } catch {
    // The page is fetched again when it is asked for, and then it says why.
  }
}
