// Diagrams are drawn by mermaid, each in a frame without an origin: the program
// writes style elements, which the policy of the pages forbids, and it is large,
// so it is loaded for the diagrams that come into view.
import { all, element } from './dom.js'
import { darkMode, onColoursChanged } from './wiki_colours.js'

const page = new URL('./wiki_diagram.html', import.meta.url).href
const frames = new Map() // window of a frame → its diagram

const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue
    near.unobserve(target)
    load(target)
  }
}, { rootMargin: '400px' })

/** Draws the diagrams below root once they come into view. */
export function drawDiagrams(root) {
  for (const source of all('pre.mermaid', root)) {
    if (source.dataset.diagram) continue
    source.dataset.diagram = 'waiting'
    near.observe(source)
  }
}

function load(source) {
  const frame = element('iframe', { src: page, title: 'Diagram', className: 'diagram-frame' })
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.dataset.waiting = '' // out of sight, yet laid out: texts are measured in it
  source.after(frame)
  source.dataset.diagram = 'drawing'
  frames.set(frame.contentWindow, { frame, source })
}

function draw({ frame, source }) {
  frame.contentWindow?.postMessage({ draw: source.textContent, dark: darkMode() }, '*') // it has no origin to name
}

function show({ frame, source }, { width, height }) {
  if (!(width > 0 && height > 0)) return
  frame.width = Math.ceil(width)
  frame.height = Math.ceil(height)
  frame.style.aspectRatio = `${width} / ${height}`
  delete frame.dataset.waiting
  source.dataset.diagram = 'drawn'
  clearProblem(source)
}

function clearProblem(source) {
  if (source.nextElementSibling?.matches('.diagram-problem')) source.nextElementSibling.remove()
}

// The source stays readable, with the reason below it.
function fail({ frame, source }, reason) {
  frame.dataset.waiting = ''
  source.dataset.diagram = 'failed'
  clearProblem(source)
  source.after(element('p', { className: 'diagram-problem', textContent: `This diagram cannot be drawn: ${reason}` }))
}

addEventListener('message', ({ source: from, data }) => {
  const diagram = frames.get(from)
  if (!diagram || typeof data !== 'object' || data === null) return
  if (data.ready) draw(diagram)
  if (data.drawn) show(diagram, data.drawn)
  if (data.failed) fail(diagram, String(data.failed))
  if (data.follow && navigator.userActivation?.isActive) follow(String(data.follow)) // after a press only
})

// A link inside a diagram resolves against the page, as any other link of it.
function follow(address) {
  if (!URL.canParse(address, location.href)) return
  const url = new URL(address, location.href)
  if (url.protocol === 'https:' || url.protocol === 'http:') location.assign(url)
}

onColoursChanged(() => {
  for (const [window, diagram] of frames) {
    if (diagram.frame.isConnected) draw(diagram)
    else frames.delete(window)
  }
})
