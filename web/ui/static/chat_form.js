// The form that a question is written in.
import { element, one } from './dom.js'

export const question = () => one('[data-question]')

/** Fits the field to its text, in browsers that do not know "field-sizing". */
export function grow(field) {
  if (CSS.supports('field-sizing', 'content')) return
  field.style.height = 'auto'
  field.style.height = `${field.scrollHeight}px`
}

/** Offers to stop while an answer is made, and to ask otherwise. */
export function busy(answering) {
  const [askButton, stopButton] = [one('[data-ask-button]'), one('[data-stop-button]')]
  if (!askButton) return
  const held = document.activeElement === stopButton
  askButton.disabled = askButton.hidden = answering
  stopButton.hidden = !answering
  stopButton.disabled = false
  if (held && !answering) question().focus({ preventScroll: true })
}

/** Says above the form why a question could not be asked. */
export function complain(message, models = false) {
  const place = one('[data-ask-problem]')
  place.replaceChildren()
  if (!message) return
  const words = element('span', { textContent: message })
  if (models) words.append(' ', element('a', { href: '/account/models', textContent: 'Connect a model of your own' }))
  place.append(element('p', { className: 'flash flash-problem', role: 'alert' }, words))
}
