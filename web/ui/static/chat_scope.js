// The choice of the documents that an answer is made from.
import { all, element, one } from './dom.js'

const boxes = () => all('[data-scope] input[type="checkbox"]')
const labelOf = (box) => one('span', box.parentElement).textContent

/** What is chosen, as the server takes it; nothing means everything. */
export function scope() {
  const values = (name) => boxes().filter((box) => box.name === name && box.checked).map((box) => box.value)
  return { doc_ids: values('doc'), tags: values('tag') }
}

export function startScope() {
  const root = one('[data-scope]')
  if (!root) return
  root.addEventListener('change', (event) => { if (event.target.type === 'checkbox') show() })
  const find = one('[data-scope-find]', root)
  find.addEventListener('input', () => filter(find))
  find.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault() })
  one('details', root).addEventListener('toggle', (event) => {
    if (event.target.open && matchMedia('(hover: hover)').matches) find.focus()
  })
  show()
}

// show writes what is chosen beside the picker.
function show() {
  const chosen = boxes().filter((box) => box.checked)
  one('[data-scope-words]').textContent = chosen.length > 0 ? 'Only these' : 'All documents'
  one('[data-scope-chips]').replaceChildren(...chosen.map((box) => {
    const name = labelOf(box)
    const drop = element('button', { type: 'button', textContent: '×', ariaLabel: `Not only ${name}` })
    drop.addEventListener('click', () => {
      box.checked = false
      show()
      one('[data-scope] summary').focus()
    })
    return element('li', { className: 'chip', title: name }, element('span', { textContent: name }), drop)
  }))
}

let asked = 0

async function filter(find) {
  const words = find.value.trim().toLowerCase()
  narrow(words)
  if (!find.dataset.scopeMore || !words) return
  const mine = ++asked
  try {
    const response = await fetch(find.dataset.scopeMore + encodeURIComponent(find.value.trim()))
    const { documents } = await response.json()
    if (mine !== asked) return
    const known = new Set(boxes().filter((box) => box.name === 'doc').map((box) => box.value))
    for (const { id, title } of documents) if (!known.has(id)) add(id, title)
    narrow(words)
  } catch {
    // What is on the page can be chosen all the same.
  }
}

function add(id, title) {
  one('[data-scope-documents]').append(element('label', { className: 'check' },
    element('input', { type: 'checkbox', name: 'doc', value: id }), element('span', { textContent: title })))
}

function narrow(words) {
  let any = false
  for (const part of all('[data-scope-part]')) {
    let some = false
    for (const label of all('label', part)) {
      label.hidden = !label.textContent.toLowerCase().includes(words)
      some ||= !label.hidden
    }
    part.hidden = !some
    any ||= some
  }
  one('[data-scope-none]').hidden = any
}
