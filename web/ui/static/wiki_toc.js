// Marks in the table of contents the heading that is being read.
import { all } from './dom.js'

const line = 120 // pixels below the top of the window, where reading takes place

export function followContents() {
  const links = new Map() // heading → its links
  for (const link of all('[data-toc] a[href*="#"]')) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)))
    if (heading) links.set(heading, [...links.get(heading) ?? [], link])
  }
  if (links.size === 0) return
  const headings = [...links.keys()]
  let current = null
  let waiting = false
  const mark = () => {
    waiting = false
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2 && scrollY > 0
    const reading = headings.findLast((heading) => atEnd
      ? heading.getBoundingClientRect().top < innerHeight
      : heading.getBoundingClientRect().top <= line) ?? headings[0]
    if (reading === current) return
    for (const link of links.get(current) ?? []) link.removeAttribute('aria-current')
    for (const link of links.get(reading)) {
      link.setAttribute('aria-current', 'location')
      const box = link.closest('[data-toc]')
      if (box.scrollHeight > box.clientHeight) link.scrollIntoView({ block: 'nearest' })
    }
    current = reading
  }
  addEventListener('scroll', () => {
    if (waiting) return
    waiting = true
    requestAnimationFrame(mark)
  }, { passive: true })
  mark()
}
