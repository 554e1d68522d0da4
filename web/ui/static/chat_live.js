// An answer on its way. Its text is shown as it comes; the whole answer, as the
// server renders it, takes its place at the end.
import { element, one } from './dom.js'
import { announce } from './toast.js'
import { localTimes } from './times.js'

const stages = { searching: 'Looking for passages', reading: 'Reading what was found', writing: 'Writing the answer' }
const topEdge = 72 // pixels that the bar at the top covers
const nearEnd = 96 // pixels from the end of the page that count as being there

export class Live {
  #text = ''
  #drawn = 0 // paragraphs that are complete on the page
  #frame = 0

  constructor(article) {
    this.article = article
    this.done = false
  }

  stage(name) {
    const line = one('[data-stage]', this.article)
    if (line && stages[name] && line.textContent !== stages[name]) line.textContent = stages[name]
  }

  /** Forgets what came: it comes again. */
  begin() {
    this.#text = ''
  }

  token(text) {
    this.#text += text
    this.#frame ||= requestAnimationFrame(() => this.#draw())
  }

  #draw() {
    this.#frame = 0
    if (this.done) return
    const following = atEnd()
    const box = one('[data-text]', this.article)
    // A single line break means nothing, unless a list or the like goes on.
    const parts = this.#text.replace(/([^\n])\n(?![\n\s\-*+>|#\d])/g, '$1 ').split(/\n{2,}/)
    if (!box.dataset.live || parts.length < box.children.length) {
      box.dataset.live = ''
      box.replaceChildren()
      this.#drawn = 0
    }
    for (let i = this.#drawn; i < parts.length; i++) {
      const paragraph = box.children[i] ?? box.appendChild(element('p'))
      paragraph.replaceChildren(...inline(parts[i]))
    }
    this.#drawn = parts.length - 1
    if (following) this.#follow()
  }

  // #follow keeps the newest line in sight until the question is at the top;
  // from there on it is the reader who scrolls.
  #follow() {
    const room = (this.article.parentElement ?? this.article).getBoundingClientRect().top - topEdge
    const below = document.documentElement.scrollHeight - innerHeight - scrollY
    if (room > 0 && below > 0) scrollBy(0, Math.min(room, below))
  }

  /** Puts the whole answer in place; what is read stays where it is. */
  finish(html) {
    this.done = true
    const whole = one('article', new DOMParser().parseFromString(html, 'text/html'))
    if (!whole) return
    const at = scrollY
    localTimes(whole)
    this.article.replaceWith(whole)
    this.article = whole
    if (scrollY !== at) scrollTo(0, at)
    announce(whole.dataset.status === 'done' ? 'The answer is complete.' : 'The answer ended early.')
  }

  /** Says why no more comes; what came stays. */
  fail(message, again) {
    this.done = true
    const line = one('.answer-stage', this.article)
    const problem = element('p', { className: 'answer-problem', role: 'alert', textContent: message })
    if (again) problem.append(' ', element('a', { href: again, textContent: 'Open the chat again' }))
    line ? line.replaceWith(problem) : this.article.append(problem)
  }
}

// inline shows what is emphasised; all else waits for the whole answer.
const inline = (text) => text.split(/\*\*(?=\S)(.*?\S)(?:\*\*|$)/s).map((part, i) => (i % 2 ? element('strong', { textContent: part }) : part))

const atEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - nearEnd
