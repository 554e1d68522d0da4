// A chip shows what it cites while it is pointed at or has the focus.
import { element, one } from './dom.js'

const showAfter = 150 // milliseconds
const hideAfter = 200

let box = null
let chip = null
let timer = 0

/** The line of the list of sources that a chip leads to. */
export const sourceOf = (cite) => document.getElementById(cite.hash.slice(1))

export function startPreviews() {
  if (!HTMLElement.prototype.showPopover) return
  box = element('div', { className: 'preview', id: 'cite-preview', popover: 'manual', role: 'tooltip' })
  document.body.append(box)
  box.addEventListener('pointerenter', () => clearTimeout(timer))
  box.addEventListener('pointerleave', later)
  document.addEventListener('pointerover', (event) => {
    const cite = event.pointerType === 'mouse' && event.target.closest('a.cite')
    if (cite) soon(cite)
  })
  document.addEventListener('pointerout', (event) => { if (event.target.closest('a.cite')) later() })
  document.addEventListener('focusin', (event) => { if (event.target.matches('a.cite:focus-visible')) soon(event.target) })
  document.addEventListener('focusout', (event) => { if (event.target.matches('a.cite')) hidePreview() })
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') hidePreview() })
  addEventListener('scroll', hidePreview, { passive: true })
}

function soon(cite) {
  clearTimeout(timer)
  if (cite !== chip) timer = setTimeout(() => show(cite), showAfter)
}

function later() {
  clearTimeout(timer)
  timer = setTimeout(hidePreview, hideAfter)
}

export function hidePreview() {
  clearTimeout(timer)
  chip?.removeAttribute('aria-describedby')
  chip = null
  if (box?.matches(':popover-open')) box.hidePopover()
}

function show(cite) {
  const source = sourceOf(cite)
  if (!source) return
  hidePreview()
  const text = (name) => one(`[data-source-${name}]`, source)?.textContent ?? ''
  box.replaceChildren(element('strong', { textContent: text('title') }), element('span', { className: 'muted', textContent: text('page') }))
  if (text('snippet')) box.append(element('p', { textContent: text('snippet') }))
  box.showPopover()
  place(cite.getBoundingClientRect())
  chip = cite
  cite.removeAttribute('title') // the browser would show it as well
  cite.setAttribute('aria-describedby', box.id)
}

// place puts the box above the chip, or below where there is no room.
function place(at) {
  const edge = 12
  const { width, height } = box.getBoundingClientRect()
  const left = Math.min(Math.max(edge, at.left + at.width / 2 - width / 2), innerWidth - width - edge)
  const above = at.top - height - 8
  box.style.left = `${left}px`
  box.style.top = `${above > edge ? above : at.bottom + 8}px`
}
