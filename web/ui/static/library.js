// The list of documents: uploads, live progress, keys.
import { one, typing } from './dom.js'
import { watchProgress } from './progress.js'
import { startRowKeys } from './rowkeys.js'
import { startUpload } from './upload.js'

const form = one('[data-upload]')
if (form) startUpload(form)
watchProgress()
startRowKeys('.document')

document.addEventListener('keydown', (event) => {
  if (typing(event)) return
  if (event.key === 'u' && form) one('input[type="file"]', form).click()
  const row = document.activeElement?.closest('.document')
  if (!row) return
  if (event.key === 'a') one('[data-row-ask]', row)?.click()
  if (event.key === 'x') one('[data-pick]', row)?.click()
  if (event.key === 'e') one('[data-row-edit]', row)?.click()
  if (event.key === 'Delete') one('[data-confirm-delete]', row)?.click()
})
