// What the pages of a wiki do beyond what all pages do. Without scripts the text
// is there all the same: TeX and diagrams as their source, tables in full.
import { one } from './dom.js'
import { startWikiKeys } from './wiki_keys.js'
import { offerSections } from './wiki_sections.js'
import { enhanceText } from './wiki_text.js'
import { followContents } from './wiki_toc.js'
import { rememberTree } from './wiki_tree.js'

startWikiKeys()
rememberTree()
followContents()
const text = one('[data-wiki-text]')
if (text) {
  enhanceText(text)
  offerSections(text)
}
