// A conversation about documents: asking without leaving the page, citations
// that show what they cite, and keys.
import { startAsking, stop } from './chat_ask.js'
import { startPanel } from './chat_panel.js'
import { startPreviews } from './chat_preview.js'
import { startScope } from './chat_scope.js'
import { startTools } from './chat_tools.js'
import { startCopying } from './copying.js'
import { all, one, typing } from './dom.js'

startScope()
startAsking()
startTools()
startPreviews()
startPanel()
startCopying()

const keys = {
  c: () => one('[data-question]')?.focus(),
  n: () => one('[data-new-chat]').click(),
  s: () => stop(),
  j: () => toQuestion(1),
  k: () => toQuestion(-1),
}

document.addEventListener('keydown', (event) => {
  if (typing(event) || !Object.hasOwn(keys, event.key)) return
  event.preventDefault()
  keys[event.key]()
})

// toQuestion goes to the question after or before the one at the top.
function toQuestion(step) {
  const questions = all('.question')
  const line = 96 // pixels, a little below the bar at the top
  const passed = questions.filter((question) => question.getBoundingClientRect().top < line - step * 8).length
  const to = questions[step > 0 ? passed : passed - 1]
  if (!to) return
  to.scrollIntoView({ block: 'start' })
  to.focus({ preventScroll: true })
}
