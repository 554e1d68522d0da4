// Server-sent events of an answer: of the request that asks, and of an answer
// that is on its way already.

/** A refusal of the server, with its status and a sentence. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

/** Asks, and calls on(name, data) for each event until there are no more. */
export async function post(address, question, on) {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify(question),
  })
  if (!response.ok) {
    const answer = await response.json().catch(() => null)
    throw new Refusal(response.status, answer?.error?.message ?? 'The question could not be asked. Try again.')
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    const events = (rest + value).split('\n\n')
    rest = events.pop()
    for (const event of events) dispatch(event, on)
  }
}

function dispatch(event, on) {
  let name = 'message'
  const data = []
  for (const line of event.split('\n')) {
    if (line.startsWith('event: ')) name = line.slice(7)
    else if (line.startsWith('data: ')) data.push(line.slice(6))
  }
  if (data.length > 0) on(name, JSON.parse(data.join('\n')))
}

const names = ['chat', 'stage', 'token', 'citations', 'end']
const retryAfter = 2000 // milliseconds, when the server refuses the stream
const attempts = 5

/** Follows an answer from its beginning; each time the connection is made,
 * "begin" comes first. "lost" means that it cannot be followed any more, and
 * "over" that nothing comes after an error. */
export function follow(address, on, left = attempts) {
  const source = new EventSource(address)
  let failed = false
  source.addEventListener('open', () => {
    left = attempts
    on('begin')
  })
  for (const name of names) {
    source.addEventListener(name, (event) => {
      if (name === 'end') source.close()
      on(name, JSON.parse(event.data))
    })
  }
  // The browser's own event of a broken connection has the same name as the
  // server's, but no data. It connects again by itself, unless it was refused.
  source.addEventListener('error', (event) => {
    if (event.data !== undefined) {
      failed = true
      on('error', JSON.parse(event.data))
    } else if (failed) {
      source.close()
      on('over')
    } else if (source.readyState === EventSource.CLOSED) {
      if (left > 1) setTimeout(() => follow(address, on, left - 1), retryAfter)
      else on('lost')
    }
  })
}
