// Asks once before something is taken away. A link to a page that asks becomes
// a dialog on the spot; a form with data-confirm asks before it is sent.
import { one } from './dom.js'

export function startConfirm() {
  document.addEventListener('click', (event) => {
    const link = event.target.closest('[data-confirm-delete]')
    const dialog = one('#confirm-delete')
    if (!link || !dialog || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    link.closest('[data-menu]')?.removeAttribute('open')
    one('[data-name]', dialog).textContent = link.dataset.title
    one('form', dialog).action = link.href
    dialog.showModal()
  })
  one('#confirm-delete [data-close]')?.addEventListener('click', () => one('#confirm-delete').close())

  document.addEventListener('submit', async (event) => {
    const form = event.target
    const dialog = one('#confirm')
    if (!form.dataset?.confirm || !dialog || form.dataset.confirmed) return
    event.preventDefault()
    form.closest('[data-menu]')?.removeAttribute('open')
    one('[data-confirm-heading]', dialog).textContent = form.dataset.confirmTitle
    one('[data-confirm-text]', dialog).textContent = form.dataset.confirm
    one('[data-confirm-yes]', dialog).textContent = form.dataset.confirmAction
    dialog.returnValue = 'no'
    dialog.showModal()
    await new Promise((done) => dialog.addEventListener('close', done, { once: true }))
    if (dialog.returnValue !== 'yes') return
    form.dataset.confirmed = 'yes'
    form.requestSubmit(event.submitter)
  })
}
