// Keeps the text from being lost: a draft goes to the server a few seconds after
// a change, one line always says how that stands, and leaving asks first.

const after = 3000 // milliseconds from the first change that is in no draft
const again = 10000 // milliseconds to the next try after one failed
const keepaliveLimit = 60000 // bytes that a browser sends while a page is left

/** Watches an editor; text() and cursor() read it. */
export function startDrafts(form, line, { text, cursor }) {
  const drafts = new Drafts(form, line, text, cursor)
  addEventListener('online', () => drafts.save())
  addEventListener('beforeunload', (event) => { if (drafts.unsaved()) event.preventDefault() })
  document.addEventListener('visibilitychange', () => { if (document.hidden) drafts.save(true) })
  form.addEventListener('submit', (event) => {
    // Another module may still stop the form, to ask.
    queueMicrotask(() => { if (!event.defaultPrevented) drafts.leave() })
  })
  addEventListener('pageshow', (event) => { if (event.persisted) drafts.stay() })
  return { changed: () => drafts.changed() }
}

class Drafts {
  #saved // the text as it was last put on the server, as page or as draft
  #timer = null
  #sending = null
  #leaving = false

  constructor(form, line, text, cursor) {
    Object.assign(this, { form, line, text, cursor, address: form.dataset.draftUrl, start: text() })
    this.#saved = this.start
  }

  unsaved() { return !this.#leaving && this.text() !== this.start }

  leave() {
    this.#leaving = true
    this.#sending?.abort() // a draft that arrives after the page would outlive it
    clearTimeout(this.#timer)
    this.#timer = null
  }

  stay() {
    this.#leaving = false
    this.changed()
  }

  changed() {
    this.#say('unsaved', this.text() === this.start && this.#saved === this.start ? '' : 'Unsaved changes')
    this.#schedule(after)
  }

  #schedule(delay) {
    if (!this.address || this.#leaving) return
    this.#timer ??= setTimeout(() => this.save(), delay)
  }

  async save(hurry = false) {
    clearTimeout(this.#timer)
    this.#timer = null
    const content = this.text()
    if (!this.address || this.#leaving || this.#sending || content === this.#saved) return
    const { line, ch } = this.cursor()
    const revision = this.form.elements.namedItem('revision')?.value ?? ''
    const body = new URLSearchParams({ content, cursor_line: line, cursor_ch: ch, revision })
    this.#sending = new AbortController()
    try {
      const response = await fetch(this.address, {
        method: 'POST', body, signal: this.#sending.signal, headers: { Accept: 'application/json' },
        keepalive: hurry && content.length < keepaliveLimit / 3,
      })
      if (!response.ok || response.redirected) throw new Error(refusal(response.status))
      this.#saved = content
      this.#say('saved', `Draft saved ${clock.format(new Date())}`)
    } catch (error) {
      if (this.#leaving) return
      this.#say('problem', `Not saved: ${error instanceof TypeError ? 'offline' : error.message}`)
      this.#schedule(again)
    } finally {
      this.#sending = null
    }
    if (this.text() !== this.#saved) this.#schedule(after)
  }

  #say(state, words) {
    this.line.dataset.draftState = state
    this.line.textContent = words
  }
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

function refusal(status) {
  if (status === 200 || status === 401) return 'you are signed out'
  if (status === 403) return 'you may not write here any more'
  if (status === 413) return 'the page is too large'
  return `the server answered ${status}`
}
