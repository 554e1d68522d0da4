// The keys of wiki pages, beside those of shortcuts.js. A letter presses the
// element that carries it as data-shortcut: c create, e edit, h history, s save.
import { all, one, typing } from './dom.js'

const letters = ['c', 'e', 'h', 's']
const sides = { '[': '#fold-left', ']': '#fold-right' }

export function startWikiKeys() {
  document.addEventListener('keydown', (event) => {
    if (typing(event)) return
    if (letters.includes(event.key)) press(event, all(`[data-shortcut="${event.key}"]`).find(usable))
    if (Object.hasOwn(sides, event.key)) press(event, one(sides[event.key]))
  })
}

const usable = (element) => !element.disabled && !element.closest('[hidden]')

function press(event, element) {
  if (!element) return
  event.preventDefault()
  element.click()
}
