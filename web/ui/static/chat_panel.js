// The cited page opens beside the answer, with the passage marked.
import { hidePreview, sourceOf } from './chat_preview.js'
import { all, element, one, page, typing } from './dom.js'
import { announce } from './toast.js'

const waitAfter = 250 // milliseconds until it says that the page is coming
const sheet = matchMedia('(max-width: 44rem)') // the panel covers the page

let opener = null
let cited = '' // the address that the panel was opened at
let latest = 0

export function startPanel() {
  const panel = one('[data-panel]')
  document.addEventListener('click', (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    const cite = event.target.closest('a.cite')
    const link = cite ? sourceOf(cite) && one('[data-passage]', sourceOf(cite)) : event.target.closest('a[data-passage]')
    const turn = event.target.closest('[data-panel-turn]')
    if (event.target.closest('[data-panel-close]')) close()
    else if (link) open(event, link, cite ?? link)
    else if (turn) {
      event.preventDefault()
      load(samePage(turn.href) ? cited : turn.href, turn.rel)
    }
  })
  document.addEventListener('keydown', (event) => {
    if (panel.hidden || typing(event)) return
    const turn = { ArrowLeft: 'prev', ArrowRight: 'next' }[event.key]
    if (event.key === 'Escape' && all('[data-menu][open]').length === 0) close()
    else if (turn) one(`[data-panel-turn][rel="${turn}"]`)?.click()
  })
  sheet.addEventListener('change', () => cover(!panel.hidden))
}

function open(event, link, from) {
  event.preventDefault()
  hidePreview()
  const panel = one('[data-panel]')
  opener?.removeAttribute('aria-expanded')
  opener = from
  opener.setAttribute('aria-expanded', 'true')
  const before = from.getBoundingClientRect().top
  panel.hidden = false
  cover(true)
  // The text has become narrower; the place that is read stays.
  scrollBy(0, from.getBoundingClientRect().top - before)
  cited = link.href
  load(cited)
}

// samePage reports whether an address is that of the cited page; the passage is
// marked again there.
const samePage = (address) => new URL(address).pathname === new URL(cited).pathname

export function close() {
  const panel = one('[data-panel]')
  latest++
  const before = opener?.getBoundingClientRect().top
  panel.hidden = true
  panel.replaceChildren()
  cover(false)
  if (!opener?.isConnected) return
  scrollBy(0, opener.getBoundingClientRect().top - before)
  opener.removeAttribute('aria-expanded')
  opener.focus({ preventScroll: true })
}

// cover keeps the focus in a panel that covers the page.
function cover(opened) {
  for (const part of all('.top, .conversation, .chats')) part.inert = opened && sheet.matches
}

async function load(address, turned = '') {
  const panel = one('[data-panel]')
  const mine = ++latest
  const wait = setTimeout(() => {
    if (mine === latest && !turned) panel.replaceChildren(bar(address), element('p', { className: 'panel-wait', textContent: 'The page is coming' }))
  }, waitAfter)
  const within = new URL(address)
  within.searchParams.set('panel', '1')
  let fresh
  try {
    fresh = one('[data-panel-page]', await page(within))
    if (!fresh) throw new Error('no page')
  } catch {
    if (mine === latest) panel.replaceChildren(bar(address), element('p', { className: 'panel-wait', textContent: 'This page could not be opened. The document may have been deleted.' }))
    return
  } finally {
    clearTimeout(wait)
  }
  if (mine !== latest || panel.hidden) return
  panel.replaceChildren(document.importNode(fresh, true))
  const focus = turned && one(`[data-panel-turn][rel="${turned}"]`, panel)
  ;(focus || one('[data-panel-title]', panel)).focus({ preventScroll: true })
  announce(`${one('[data-panel-title]', panel).textContent}, page ${one('[data-panel-page]', panel).dataset.panelPage}`)
  toPassage(panel)
}

// bar is what a panel without a page has at its top.
function bar(address) {
  const tools = element('div', { className: 'panel-tools' },
    element('a', { className: 'button quiet small', href: address, textContent: 'Open in the reader' }),
    element('button', { className: 'tool', type: 'button', textContent: '×', ariaLabel: 'Close the page' }))
  one('button', tools).dataset.panelClose = ''
  return element('div', { className: 'panel-bar' }, element('div', { className: 'panel-title' }), tools)
}

// toPassage scrolls the panel to the passage, a third below its top.
function toPassage(panel) {
  panel.scrollTop = 0
  const passage = one('.passage, mark', panel)
  if (!passage) return
  const below = passage.getBoundingClientRect().top - panel.getBoundingClientRect().top
  panel.scrollTop = Math.max(0, below - panel.clientHeight / 3)
}
