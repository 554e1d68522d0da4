// The switch of the theme takes effect at once; the server keeps it in a cookie
// and renders it, so that no page flashes in the wrong colours.
import { all, one } from './dom.js'
import { toast } from './toast.js'

export function startTheme() {
  const form = one('[data-themes]')
  form?.addEventListener('submit', async (event) => {
    event.preventDefault()
    const theme = event.submitter?.value ?? 'system'
    if (theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
    for (const button of all('button[name="theme"]', form)) {
      button.setAttribute('aria-pressed', String(button.value === theme))
    }
    try {
      const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams({ theme }), redirect: 'manual' })
      if (response.type !== 'opaqueredirect' && !response.ok) throw new Error(`theme ${response.status}`)
    } catch {
      toast('The appearance could not be kept. It holds for this page.')
    }
  })
}
