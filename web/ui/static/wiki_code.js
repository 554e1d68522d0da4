// A button on each block of code that copies it. The numbers of lines are drawn
// by the style sheet and are no part of the text.
import { all, element, one } from './dom.js'
import { toast } from './toast.js'

export function offerCopies(root) {
  for (const block of all('.code[data-copy]', root)) {
    const button = element('button', { type: 'button', className: 'code-copy', textContent: 'Copy', ariaLabel: 'Copy this code' })
    // The box is made anew: elsewhere data-copy names what a click copies.
    const box = element('div', { className: block.className }, ...block.childNodes, button)
    block.replaceWith(box)
    button.addEventListener('click', () => copy(button, one('code', box)))
  }
}

async function copy(button, code) {
  try {
    await navigator.clipboard.writeText(code.textContent.replace(/\n$/, ''))
    button.textContent = 'Copied'
    setTimeout(() => { button.textContent = 'Copy' }, 2000)
  } catch {
    getSelection().selectAllChildren(code)
    toast('The code is selected; copy it with your keyboard.')
  }
}
