// Uploads several files, two at a time, each with its progress. The document
// appears in the list as soon as the server has its file.
import { element, one } from './dom.js'
import { watchProgress } from './progress.js'
import { refreshRows } from './rows.js'
import { toast } from './toast.js'

const atOnce = 2

export function startUpload(form) {
  const queue = new Queue(form.dataset.upload, Number(form.dataset.maxBytes ?? 0), form.dataset.maxText)
  form.addEventListener('change', (event) => {
    if (event.target.type !== 'file') return
    queue.add(event.target.files)
    event.target.value = ''
  })
  const carriesFiles = (event) => event.dataTransfer?.types.includes('Files') && !one('input[type="file"]', form).disabled
  let depth = 0 // dragenter and dragleave come for every element passed
  const leave = () => { depth = 0; delete document.body.dataset.dragging }
  addEventListener('dragenter', (event) => { if (carriesFiles(event) && ++depth === 1) document.body.dataset.dragging = '' })
  addEventListener('dragleave', (event) => { if (carriesFiles(event) && --depth <= 0) leave() })
  addEventListener('dragover', (event) => { if (carriesFiles(event)) event.preventDefault() })
  addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    leave()
    queue.add(event.dataTransfer.files)
  })
  addEventListener('beforeunload', (event) => { if (queue.busy) event.preventDefault() })
}

class Queue {
  #waiting = []
  #running = 0
  #done = 0
  #problems = 0

  constructor(address, maxBytes, maxText) {
    Object.assign(this, { address, maxBytes, maxText })
    this.panel = one('#uploads')
    one('[data-uploads-clear]').addEventListener('click', () => this.#clear())
  }

  get busy() { return this.#running + this.#waiting.length > 0 }

  add(files) {
    for (const file of files) {
      const item = row(file)
      one('[data-uploads-list]').append(item.line)
      if (this.maxBytes > 0 && file.size > this.maxBytes) {
        this.#fail(item, `This file is larger than the ${this.maxText} that your account allows.`)
      } else {
        this.#waiting.push(item)
        item.cancel.addEventListener('click', () => this.#cancel(item))
      }
    }
    this.panel.hidden = false
    this.#next()
  }

  #next() {
    while (this.#running < atOnce && this.#waiting.length > 0) this.#send(this.#waiting.shift())
    const left = this.#running + this.#waiting.length
    const parts = []
    if (left > 0) parts.push(`Uploading ${left === 1 ? 'one file' : `${left} files`}`)
    if (this.#done > 0) parts.push(`${this.#done} done`)
    if (this.#problems > 0) parts.push(`${this.#problems} not added`)
    one('[data-uploads-note]').textContent = parts.join(', ')
    one('[data-uploads-clear]').hidden = left > 0
    if (left === 0 && this.#problems === 0) this.#clear()
  }

  #send(item) {
    const request = item.request = new XMLHttpRequest()
    this.#running++
    request.upload.addEventListener('progress', (event) => {
      if (!event.lengthComputable) return
      item.bar.value = event.loaded / event.total
      item.state.textContent = event.loaded < event.total ? `${Math.floor(100 * event.loaded / event.total)} %` : 'Checking'
    })
    request.addEventListener('loadend', () => {
      this.#running--
      if (!item.cancelled) this.#answer(item, request)
      this.#next()
    })
    const body = new FormData()
    body.append('file', item.file, item.file.name)
    request.open('POST', this.address)
    request.responseType = 'json'
    request.setRequestHeader('Accept', 'application/json')
    request.send(body)
  }

  #answer(item, { status, response }) {
    if (status === 401) {
      toast('You are signed out.', { href: '/signin', text: 'Sign in again' })
    }
    if (status !== 200 && status !== 201) {
      this.#fail(item, response?.error?.message ?? 'The connection broke. Try again.')
      return
    }
    this.#done++
    item.line.remove()
    if (response?.documents?.[0]?.duplicate) toast(`“${item.file.name}” was in your library already.`)
    refreshRows().then(watchProgress)
  }

  #fail(item, reason) {
    this.#problems++
    item.bar.remove()
    item.cancel.remove()
    item.state.textContent = 'Not added'
    item.line.append(element('p', { className: 'upload-problem', textContent: reason }))
  }

  #cancel(item) {
    item.cancelled = true
    item.request?.abort()
    this.#waiting = this.#waiting.filter((other) => other !== item)
    item.line.remove()
    this.#next()
  }

  #clear() {
    this.#done = this.#problems = 0
    one('[data-uploads-list]').replaceChildren()
    this.panel.hidden = true
  }
}

function row(file) {
  const bar = element('progress', { max: 1, value: 0, ariaLabel: `Upload of ${file.name}` })
  const words = element('span', { textContent: 'Waiting' })
  const cancel = element('button', { type: 'button', textContent: '×', ariaLabel: `Cancel the upload of ${file.name}` })
  const line = element('li', { className: 'upload' },
    element('span', { className: 'upload-name', textContent: file.name, title: file.name }),
    element('span', { className: 'upload-state' }, words, cancel), bar)
  return { file, line, bar, state: words, cancel }
}
