// Menus are <details>: one is open at a time, and Escape, a click elsewhere or
// leaving by keyboard closes it.
import { all, one } from './dom.js'

const opened = () => all('[data-menu][open]')

export function startMenus() {
  document.addEventListener('toggle', (event) => {
    if (!event.target.matches?.('[data-menu][open]')) return
    for (const menu of opened()) if (menu !== event.target) menu.open = false
  }, true)
  document.addEventListener('click', (event) => {
    for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false
  })
  document.addEventListener('focusin', (event) => {
    for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false
  })
  document.addEventListener('keydown', (event) => {
    const menu = opened()[0]
    if (!menu) return
    if (event.key === 'Escape') {
      menu.open = false
      one('summary', menu).focus()
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const items = all('.menu-body :is(a, button)', menu)
      const at = items.indexOf(document.activeElement)
      const step = event.key === 'ArrowDown' ? 1 : at < 0 ? 0 : -1
      items.at((at + step) % items.length)?.focus()
    }
  })
}
