// Small help with forms: copying a secret, looking at a password, sending a
// choice at once, picking a tag that is in use.
import { all, element, one } from './dom.js'
import { toast } from './toast.js'

export function startForms() {
  for (const button of all('button[data-copy]')) button.addEventListener('click', () => copy(button))
  for (const input of all('[data-reveal]')) reveal(input)
  for (const form of all('[data-submit-on-change]')) form.addEventListener('change', () => form.requestSubmit())
  for (const select of all('.filter select')) select.addEventListener('change', () => select.form.requestSubmit())
  for (const form of all('.filter')) form.addEventListener('submit', () => dropEmpty(form))
  for (const button of all('[data-print]')) button.addEventListener('click', () => print())
  const tags = one('[data-tags]')
  if (tags) offerTags(tags, one('[data-known-tags]'))
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(one(`#${button.dataset.copy}`).textContent)
    button.textContent = 'Copied'
  } catch {
    getSelection().selectAllChildren(one(`#${button.dataset.copy}`))
    toast('The text is selected; copy it with your keyboard.')
  }
}

function reveal(input) {
  const button = element('button', { type: 'button', textContent: 'Show', ariaLabel: 'Show the password' })
  const wrap = element('div', { className: 'reveal' })
  input.replaceWith(wrap)
  wrap.append(input, button)
  button.addEventListener('click', () => {
    const hidden = input.type === 'password'
    input.type = hidden ? 'text' : 'password'
    button.textContent = hidden ? 'Hide' : 'Show'
    button.ariaLabel = hidden ? 'Hide the password' : 'Show the password'
  })
  input.form?.addEventListener('submit', () => { input.type = 'password' })
}

// dropEmpty keeps the address of a filtered list short.
function dropEmpty(form) {
  const fields = [...form.elements].filter((field) => field.name && field.value === '')
  for (const field of fields) field.disabled = true
  setTimeout(() => { for (const field of fields) field.disabled = false })
}

function offerTags(input, known) {
  if (!known) return
  for (const span of all('span', known)) {
    const name = span.textContent
    const button = element('button', { type: 'button', className: 'known-tag', textContent: name, ariaLabel: `Add the tag ${name}` })
    button.addEventListener('click', () => {
      const tags = input.value.split(',').map((tag) => tag.trim()).filter(Boolean)
      input.value = (tags.includes(name) ? tags.filter((tag) => tag !== name) : [...tags, name]).join(', ')
    })
    span.replaceWith(button)
  }
}
