// The few helpers that all modules share.

export const one = (selector, root = document) => root.querySelector(selector)
export const all = (selector, root = document) => [...root.querySelectorAll(selector)]

/** Whether a key pressed now belongs to a field, a dialog or the browser. */
export function typing(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true
  return event.target.closest('input, select, textarea, [contenteditable], dialog[open]') !== null
    || one('dialog[open]') !== null
}

/** A new element with properties and children. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

/** Fetches a page of this server and parses it; a redirect elsewhere is an error. */
export async function page(address, signal) {
  const response = await fetch(address, { headers: { Accept: 'text/html' }, signal })
  if (!response.ok || new URL(response.url).pathname === '/signin') throw new Error(`page ${response.status}`)
  return new DOMParser().parseFromString(await response.text(), 'text/html')
}
