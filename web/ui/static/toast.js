// Short messages at the edge of the page, read out by screen readers.
import { element, one } from './dom.js'

const shownFor = 8000 // milliseconds; pausing while pointed at

/** Says something to screen readers only. */
export function announce(text) {
  one('#holt-announcement').textContent = text
}

/** Shows a message; link is an optional {href, text}. */
export function toast(text, link) {
  const message = element('span', { textContent: text })
  if (link) message.append(' ', element('a', { href: link.href, textContent: link.text }))
  const close = element('button', { type: 'button', textContent: '×', ariaLabel: 'Close this message' })
  const box = element('div', { className: 'toast' }, message, close)
  close.addEventListener('click', () => box.remove())
  let timer = setTimeout(() => box.remove(), shownFor)
  box.addEventListener('pointerenter', () => clearTimeout(timer))
  box.addEventListener('pointerleave', () => { timer = setTimeout(() => box.remove(), shownFor) })
  one('#holt-toasts').append(box)
}
