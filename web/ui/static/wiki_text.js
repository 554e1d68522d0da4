// What is done to a rendered text, on its page and in the editor's preview.
import { offerCopies } from './wiki_code.js'
import { drawDiagrams } from './wiki_diagrams.js'
import { setFormulas } from './wiki_math.js'
import { enhanceTables } from './wiki_tables.js'

/** Enhances the text below root. The promise is fulfilled when formulas are set. */
export function enhanceText(root) {
  offerCopies(root)
  enhanceTables(root)
  drawDiagrams(root)
  return setFormulas(root)
}
