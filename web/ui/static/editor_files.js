// Files that are pasted, dropped or picked are uploaded to the page's attachments
// and named in the text.
import { element } from './dom.js'
import { toast } from './toast.js'
import { EditorView } from './vendor/codemirror.js'

const pictures = /\.(?:png|jpe?g|gif|webp|avif|svg|bmp)$/i

/** Accepts files for an editor; without an address it accepts none. */
export function acceptFiles(address) {
  const take = (view, files, at) => {
    if (!address || view.state.readOnly || files.length === 0) return false
    if (at !== null) view.dispatch({ selection: { anchor: at } })
    for (const file of files) upload(view, address, file)
    return true
  }
  const extension = EditorView.domEventHandlers({
    paste: (event, view) => {
      // A table or text of an office program comes with a picture of itself.
      if (event.clipboardData.types.includes('text/plain')) return false
      return take(view, [...event.clipboardData.files].map(named), null)
    },
    drop: (event, view) => {
      const files = [...event.dataTransfer.files]
      if (!take(view, files, view.posAtCoords({ x: event.clientX, y: event.clientY }))) return false
      event.preventDefault()
      return true
    },
  })
  const pick = (view) => {
    const input = element('input', { type: 'file', multiple: true })
    input.addEventListener('change', () => {
      take(view, [...input.files], null)
      view.focus()
    })
    input.click()
  }
  return { extension, pick, enabled: Boolean(address) }
}

// A pasted picture has no name of its own; the time keeps it from replacing another.
function named(file) {
  if (!/^image\.\w+$/.test(file.name)) return file
  const now = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return new File([file], `pasted-${now}.${file.name.split('.').pop()}`, { type: file.type })
}

let uploads = 0

async function upload(view, address, file) {
  const waiting = `[Uploading ${file.name.replace(/[[\]\n]/g, '')}, ${++uploads}…]()`
  insert(view, waiting)
  try {
    const body = new FormData()
    body.append('file', file, file.name)
    const response = await fetch(address, { method: 'POST', body, headers: { Accept: 'application/json' } })
    const answer = await response.json().catch(() => null)
    if (!response.ok || typeof answer?.filename !== 'string') throw new Error(reason(response, answer))
    replace(view, waiting, reference(answer.filename))
  } catch (error) {
    replace(view, waiting, '')
    const why = error instanceof TypeError ? 'The server cannot be reached.' : error.message
    toast(`“${file.name}” was not attached. ${why}`)
  }
}

function reason(response, answer) {
  if (response.status === 401) return 'You are signed out.'
  if (response.status === 413) return answer?.error?.message ?? 'It is too large.'
  return answer?.error?.message ?? answer?.message ?? 'The server refused it.'
}

/** The Markdown that shows or links an attachment. */
export function reference(filename) {
  const target = /[\s()<>]/.test(filename) ? `<${filename.replace(/[<>]/g, encodeURIComponent)}>` : filename
  if (pictures.test(filename)) return `![](${target})`
  return `[${filename.replace(/^.*\//, '').replace(/[[\]\\]/g, '\\$&')}](${target})`
}

function insert(view, text) {
  const { from, to } = view.state.selection.main
  view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length }, scrollIntoView: true, userEvent: 'input' })
}

// The text may have moved meanwhile, or been taken out by hand.
function replace(view, old, text) {
  const from = view.state.doc.toString().indexOf(old)
  if (from >= 0) view.dispatch({ changes: { from, to: from + old.length, insert: text }, userEvent: 'input' })
  else if (text) insert(view, text)
}
