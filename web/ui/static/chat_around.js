// What surrounds a conversation.
import { one, page } from './dom.js'
import { localTimes } from './times.js'

/** Brings it up to date after an answer: titles, the list of chats, and what can
 * be done with a chat that is new. */
export async function refreshAround(chat) {
  try {
    const fresh = await page(`/chat/${encodeURIComponent(chat)}`)
    document.title = fresh.title
    localTimes(fresh)
    const [head, list, find] = [one('.chat-head'), one('.chats'), one('#chats-find')]
    if (!head.contains(document.activeElement)) head.replaceWith(one('.chat-head', fresh))
    if (!list.contains(document.activeElement) && !find.value) list.replaceChildren(...one('.chats', fresh).childNodes)
    const [field, next] = [one('[data-question]'), one('[data-question]', fresh)]
    const form = field.form
    field.placeholder = next.placeholder
    form.action = next.form.action
    one('[data-stop-button]', form).formAction = one('[data-stop-button]', fresh).formAction
  } catch {
    // The next page that is opened has it.
  }
}
