// Whether the page is dark, by the switch or by the device, and when it changes.
const device = matchMedia('(prefers-color-scheme: dark)')

export function darkMode() {
  const chosen = document.documentElement.dataset.theme
  return chosen ? chosen === 'dark' : device.matches
}

export function onColoursChanged(tell) {
  device.addEventListener('change', tell)
  new MutationObserver(tell).observe(document.documentElement, { attributeFilter: ['data-theme'] })
}
