// "/" focuses the field that searches where one is, "?" lists the shortcuts.
import { all, one, typing } from './dom.js'

export function startShortcuts() {
  const dialog = one('#holt-shortcuts')
  for (const button of all('[data-open-shortcuts]')) {
    button.addEventListener('click', () => {
      button.closest('[data-menu]')?.removeAttribute('open')
      dialog?.showModal()
    })
  }
  document.addEventListener('keydown', (event) => {
    if (typing(event)) return
    if (event.key === '/') {
      const field = one('[data-find]') ?? one('#query') ?? one('#search')
      if (!field) return
      event.preventDefault()
      field.focus()
      field.select()
    } else if (event.key === '?' && dialog) {
      event.preventDefault()
      dialog.showModal()
    }
  })
  for (const field of all('#search, [data-find]')) {
    field.addEventListener('keydown', (event) => { if (event.key === 'Escape') field.blur() })
  }
}
