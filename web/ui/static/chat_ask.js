// Asks without leaving the page, follows the answer, and stops it.
import { refreshAround } from './chat_around.js'
import { Refusal, follow, post } from './chat_events.js'
import { busy, complain, grow, question } from './chat_form.js'
import { Live } from './chat_live.js'
import { scope } from './chat_scope.js'
import { all, one } from './dom.js'

const lost = 'The connection broke. The answer is still being made and kept.'

let running = null // the answer on its way

export function startAsking() {
  const field = question()
  const form = field?.form
  for (const article of all('[data-events]')) resume(article)
  if (!form) return
  field.addEventListener('input', () => grow(field))
  grow(field)
  if (!chatID() && matchMedia('(hover: hover)').matches) field.focus()
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') field.blur()
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    if (!running && field.value.trim()) form.requestSubmit(one('[data-ask-button]', form))
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (event.submitter?.matches('[data-stop-button]')) stop()
    else if (!running) ask(form, field)
  })
}

const chatID = () => one('[data-chat]').dataset.chat

async function ask(form, field) {
  const text = field.value.trim()
  const turn = newTurn(text)
  const live = new Live(one('article', turn))
  const mine = begin(live)
  field.value = ''
  grow(field)
  complain('')
  const on = (name, data) => take(mine, name, data)
  try {
    await post(form.dataset.ask, { message: text, chat_id: chatID() || undefined, ...scope() }, on)
    if (!live.done && mine.problem) on('over')
    if (!live.done) throw new Error('the stream ended early')
  } catch (problem) {
    if (live.done) return
    if (mine.events) {
      follow(mine.events, on)
      return
    }
    end(mine)
    turn.remove()
    field.value ||= text
    grow(field)
    complain(problem instanceof Refusal ? problem.message : 'The server cannot be reached. Try again.', problem.status === 402)
  }
}

// newTurn adds the question to the page, where it is scrolled into sight.
function newTurn(text) {
  one('[data-chat-empty]')?.remove()
  for (const again of all('.answer form[action$="/retry"]')) again.remove()
  const turn = document.importNode(one('[data-new-turn]').content, true).firstElementChild
  one('.question', turn).textContent = text
  one('[data-turns]').append(turn)
  turn.scrollIntoView({ block: 'nearest' })
  scrollTo(0, document.documentElement.scrollHeight)
  return turn
}

// resume follows an answer that was on its way when the page was opened.
function resume(article) {
  const mine = begin(new Live(article))
  mine.events = article.dataset.events
  follow(mine.events, (name, data) => take(mine, name, data))
}

function begin(live) {
  running = { live, chat: chatID(), events: '', problem: '', stopping: false }
  busy(true)
  return running
}

function end(mine) {
  if (running === mine) running = null
  busy(false)
}

// take handles one event of an answer.
function take(mine, name, data) {
  const { live } = mine
  if (live.done) return
  if (name === 'chat') known(mine, data)
  else if (name === 'begin') live.begin()
  else if (name === 'stage') live.stage(data.stage)
  else if (name === 'token') live.token(data.text)
  else if (name === 'end') live.finish(data.html)
  else if (name === 'error') mine.problem = data.message // the end tells the rest
  else if (name === 'over') live.fail(mine.problem, mine.chat && `/chat/${mine.chat}`)
  else if (name === 'lost') live.fail(lost, mine.chat && `/chat/${mine.chat}`)
  if (!live.done) return
  end(mine)
  if (name === 'end') refreshAround(mine.chat)
}

// known is called when the server has kept the question.
function known(mine, { chat_id: chat, title, message_id: answer }) {
  mine.chat = chat
  mine.events = `/api/chats/${encodeURIComponent(chat)}/events?answer=${answer}`
  mine.live.article.id = `answer-${answer}`
  if (!chatID()) {
    one('[data-chat]').dataset.chat = chat
    one('[data-chat-title]').textContent = title
    history.replaceState(null, '', `/chat/${encodeURIComponent(chat)}`)
  }
  if (mine.stopping) stop()
}

/** Stops the answer on its way; what came is kept. */
export async function stop() {
  if (!running) return
  running.stopping = true
  one('[data-stop-button]')?.setAttribute('disabled', '')
  if (!running.chat) return // as soon as the server has named the chat
  const stopped = await fetch(`/chat/${encodeURIComponent(running.chat)}/stop`, { method: 'POST', redirect: 'manual' }).catch(() => null)
  if (!stopped) one('[data-stop-button]')?.removeAttribute('disabled')
}
