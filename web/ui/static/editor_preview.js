// The preview, beside the text or instead of it.
import { element } from './dom.js'
import { follow } from './editor_sync.js'
import { enhanceText } from './wiki_text.js'

const pause = 400 // milliseconds without a change before a preview is made

/** Prepares the preview of an editor: show(mode) is "write", "both" or "preview". */
export function startPreview(address, panes, view) {
  const pane = element('div', { className: 'editor-preview', tabIndex: 0, ariaLabel: 'Preview', role: 'region' })
  const text = element('div', { className: 'prose' })
  pane.append(text)
  panes.append(pane)
  const preview = new Preview(address, text)
  const sync = follow(view, pane, text)
  let mode = 'write'
  let timer = null
  const refresh = async () => {
    await preview.refresh(view.state.doc.toString())
    sync.measure()
    if (mode === 'both') sync.toText()
  }
  pane.addEventListener('click', openBeside)
  panes.dataset.mode = mode
  return {
    enabled: Boolean(address),
    mode: () => mode,
    async show(next) {
      mode = next
      panes.dataset.mode = next
      view.requestMeasure()
      if (next === 'write') return view.focus()
      await refresh()
      if (next === 'preview') {
        sync.toCursor()
        pane.focus({ preventScroll: true })
      }
    },
    changed() {
      clearTimeout(timer)
      if (mode === 'both') timer = setTimeout(refresh, pause)
    },
    scrolled() { if (mode === 'both') sync.textScrolled() },
  }
}

// Links open in another window, so that the text stays.
function openBeside(event) {
  const link = event.target.closest('a[href]')
  if (!link) return
  event.preventDefault()
  if (link.hash && link.pathname === location.pathname) document.getElementById(decodeURIComponent(link.hash.slice(1)))?.scrollIntoView()
  else window.open(link.href, '_blank', 'noopener')
}

class Preview {
  #blocks = [] // { source, box } of each block that is shown
  #running = null

  constructor(address, text) {
    Object.assign(this, { address, text })
  }

  async refresh(content) {
    this.#running?.abort()
    const running = this.#running = new AbortController()
    try {
      const response = await fetch(this.address, {
        method: 'POST', body: new URLSearchParams({ content }), signal: running.signal, headers: { Accept: 'application/json' },
      })
      if (!response.ok || response.redirected) throw new Error(`preview ${response.status}`)
      const { preview_content: html } = await response.json()
      if (running === this.#running) await this.#show(html)
      this.text.removeAttribute('data-stale')
    } catch (error) {
      if (error.name === 'AbortError') return
      this.text.dataset.stale = ''
      if (this.#blocks.length === 0) this.text.textContent = 'The preview cannot be made now. What you wrote is still there.'
    }
  }

  // Blocks that did not change stay, with their formulas and diagrams. Each has a
  // box of its own (display: contents), because enhancing may replace the block.
  async #show(html) {
    const fresh = element('template')
    fresh.innerHTML = html
    const sources = [...fresh.content.children].map((block) => block.outerHTML)
    const old = this.#blocks
    let head = 0
    while (head < old.length && head < sources.length && old[head].source === sources[head]) head++
    let tail = 0
    while (tail < old.length - head && tail < sources.length - head && old.at(-1 - tail).source === sources.at(-1 - tail)) tail++
    const made = [...fresh.content.children].slice(head, sources.length - tail).map((block, i) => {
      const box = element('div', { className: 'preview-block' }, block)
      return { source: sources[head + i], box }
    })
    if (old.length === 0) this.text.replaceChildren()
    for (const { box } of old.slice(head, old.length - tail)) box.remove()
    const before = old[old.length - tail]?.box ?? null
    for (const { box } of made) this.text.insertBefore(box, before)
    this.#blocks = [...old.slice(0, head), ...made, ...old.slice(old.length - tail)]
    await Promise.all(made.map(({ box }) => enhanceText(box)))
  }
}
