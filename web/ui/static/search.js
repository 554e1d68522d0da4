// The list of results takes the same keys as the list of documents.
import { startRowKeys } from './rowkeys.js'

startRowKeys('.hits li', '.hit-row')
