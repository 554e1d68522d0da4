// Turns pages in place, by link and by key.
import { all, one, typing } from './dom.js'
import { startCopying } from './copying.js'
import { prefetch, showHit, startTurning, turn } from './turning.js'

startTurning()
startCopying()
showHit()
prefetch()

const follow = (selector) => {
  const link = one(selector)
  if (link) turn(link.href)
}

const fold = (side) => {
  const box = one(`#fold-${side}`)
  if (box) box.checked = !box.checked
}

const keys = {
  ArrowRight: () => follow('[rel="next"][data-turn]'),
  ArrowLeft: () => follow('[rel="prev"][data-turn]'),
  j: () => follow('[rel="next"][data-turn]'),
  k: () => follow('[rel="prev"][data-turn]'),
  n: () => follow('[data-hit="next"]'),
  N: () => follow('[data-hit="prev"]'),
  g: () => one('[data-go]').select(),
  c: () => fold('left'),
  t: () => fold('right'),
  a: () => one('[data-ask-about]').click(),
}

document.addEventListener('keydown', (event) => {
  if (typing(event) || !Object.hasOwn(keys, event.key)) return
  event.preventDefault()
  keys[event.key]()
})

// A page number goes there without the detour of a redirect.
document.addEventListener('submit', (event) => {
  const field = event.target.matches('.reader-go') && one('[data-go]', event.target)
  if (!field || !/^\d+$/.test(field.value)) return
  event.preventDefault()
  const address = new URL(location.href)
  address.pathname = address.pathname.replace(/\d+$/, field.value)
  for (const passage of ['start', 'end']) address.searchParams.delete(passage)
  turn(address.href)
})

for (const field of all('[data-find]')) {
  field.form.addEventListener('submit', (event) => {
    event.preventDefault()
    const address = new URL(field.form.action)
    if (field.value.trim()) address.searchParams.set('q', field.value.trim())
    turn(address.href)
    field.blur()
  })
}
