// Live progress of the documents that are being read, by server-sent events.
import { all, one } from './dom.js'
import { refreshRows } from './rows.js'
import { announce } from './toast.js'

const atOnce = 3 // a browser has few connections to one server
const retryAfter = 3000 // milliseconds, when the server refuses the stream
const watched = new Map() // document id → EventSource

/** Watches the documents that are on their way, the oldest first. */
export function watchProgress() {
  const rows = all('[data-document]').filter((row) => ['queued', 'processing'].includes(row.dataset.status))
  rows.sort((a, b) => rank(b) - rank(a) || (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? 1 : -1))
  for (const row of rows) {
    if (watched.size >= atOnce) return
    if (!watched.has(row.dataset.document)) watch(row.dataset.document)
  }
}

const rank = (row) => row.dataset.status === 'processing' ? 1 : 0

function watch(id) {
  const source = new EventSource(`/api/library/${encodeURIComponent(id)}/events`)
  watched.set(id, source)
  source.addEventListener('progress', (event) => {
    const state = JSON.parse(event.data)
    if (state.status === 'ready' || state.status === 'failed') finish(id, state.status)
    else show(id, state)
  })
  // The end comes without a last state when the document was deleted or the
  // server restarts. After an error the browser reconnects by itself, unless
  // the server refused.
  const later = () => {
    source.close()
    setTimeout(() => { if (watched.get(id) === source) finish(id) }, retryAfter)
  }
  source.addEventListener('end', later)
  source.addEventListener('error', () => { if (source.readyState === EventSource.CLOSED) later() })
}

async function finish(id, status) {
  watched.get(id)?.close()
  const row = document.getElementById(`doc-${id}`)
  if (row && status) {
    row.dataset.status = status // whatever becomes of the fetch below, this one is done
    announce(`${one('progress', row)?.ariaLabel ?? ''}: ${status === 'ready' ? 'done' : 'failed'}`)
  }
  await reload()
  watched.delete(id)
  watchProgress()
}

// The page of one document has no list to merge: it is loaded again.
async function reload() {
  if (one('#documents')) await refreshRows()
  else location.reload()
}

function show(id, state) {
  const row = document.getElementById(`doc-${id}`)
  const bar = row && one('progress', row)
  if (!bar) return
  row.dataset.status = state.status
  if (state.total > 0) {
    bar.max = state.total
    bar.value = state.done
  } else if (state.status === 'processing') {
    bar.removeAttribute('value')
  }
  one('[data-progress-text]', row).textContent = words(state)
}

const count = new Intl.NumberFormat('en', { useGrouping: 'min2' })

function words({ status, stage, done, total }) {
  if (status === 'queued') return 'Waiting to be read'
  if (stage === 'indexing') return 'Making it searchable'
  if (total > 0) return `Reading page ${count.format(Math.min(done + 1, total))} of ${count.format(total)}`
  return 'Reading'
}
