// What can be done with an answer: copy it, and say what one thinks of it.
import { all, element, one } from './dom.js'
import { toast } from './toast.js'

export function startTools() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-copy-answer]')
    if (button) copy(button.closest('.answer'))
  })
  document.addEventListener('submit', (event) => {
    if (event.target.matches('[data-feedback]')) rate(event)
    else if (event.target.matches('[data-feedback-word]')) say(event)
  })
}

async function copy(answer) {
  try {
    await navigator.clipboard.writeText(plain(answer))
    toast('The answer is copied.')
  } catch {
    getSelection().selectAllChildren(one('[data-text]', answer))
    toast('The text is selected; copy it with your keyboard.')
  }
}

// plain is an answer with its sources as text.
function plain(answer) {
  const body = one('[data-text]', answer).cloneNode(true)
  for (const cite of all('a.cite', body)) cite.textContent = ` [${cite.textContent}]`
  const place = element('div', { className: 'hidden-copy' }, body)
  answer.append(place) // only what is on the page has lines
  const text = body.innerText.trim()
  place.remove()
  const sources = all('[data-source]', answer).map((source) =>
    `[${source.value}] ${one('[data-source-title]', source).textContent}, ${one('[data-source-page]', source).textContent}`)
  return [text, ...(sources.length > 0 ? ['Sources', sources.join('\n')] : [])].join('\n\n')
}

async function rate(event) {
  event.preventDefault()
  const form = event.target
  const chosen = event.submitter
  if (!await send(form, new URLSearchParams({ rating: chosen.value }))) return
  const word = one('[data-feedback-word]', form.closest('.answer'))
  word.hidden = chosen.value === '0'
  word.elements.rating.value = chosen.value
  for (const button of all('button', form)) {
    const own = button === form.querySelector('button') ? '1' : '-1'
    const pressed = button === chosen && chosen.value !== '0'
    button.setAttribute('aria-pressed', String(pressed))
    button.value = pressed ? '0' : own
  }
}

async function say(event) {
  event.preventDefault()
  if (await send(event.target, new URLSearchParams(new FormData(event.target)))) toast('Thank you, it is kept.')
}

async function send(form, body) {
  try {
    const response = await fetch(form.action, { method: 'POST', body, redirect: 'manual' })
    if (response.type === 'opaqueredirect' || response.ok) return true
  } catch {
    // said below
  }
  toast('That could not be kept. Try again.')
  return false
}
