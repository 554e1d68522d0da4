// The words over the picture of a page are separate elements; copied together
// they become lines of text again.
import { all } from './dom.js'

export function startCopying() {
  document.addEventListener('copy', (event) => {
    const selection = getSelection()
    if (selection.isCollapsed || !inPicture(selection.getRangeAt(0).commonAncestorContainer)) return
    const words = all('[data-layer] text').filter((word) => selection.containsNode(word, true))
    if (words.length === 0) return
    let text = ''
    let line = null
    for (const word of words) {
      if (line !== null) text += word.dataset.line === line ? ' ' : '\n'
      text += word.textContent
      line = word.dataset.line
    }
    event.clipboardData.setData('text/plain', text)
    event.preventDefault()
  })
}

const inPicture = (node) => (node.closest ? node : node.parentElement).closest('.sheet') !== null
