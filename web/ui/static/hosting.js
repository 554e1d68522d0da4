// The form for a new wiki: shows its address while it is typed, and makes one
// of the name until it is written by hand.
import { one } from './dom.js'

const slug = one('[data-slug]')
const shown = one('[data-slug-preview]')
const name = slug && one(`#${slug.dataset.nameField}`)

// addressOf makes of a name what an address may be.
function addressOf(text) {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss').toLowerCase()
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '').slice(0, slug.maxLength).replace(/-+$/, '')
}

const show = () => { shown.textContent = slug.value.trim() || shown.dataset.placeholder }

if (slug && shown) {
  let byHand = slug.value !== ''
  slug.addEventListener('input', () => {
    byHand = slug.value !== ''
    slug.value = slug.value.toLowerCase()
    show()
  })
  name?.addEventListener('input', () => {
    if (byHand) return
    slug.value = addressOf(name.value)
    show()
  })
  show()
}
