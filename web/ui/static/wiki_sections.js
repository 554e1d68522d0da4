// A link beside each heading that edits its section alone.
import { all, element, one } from './dom.js'

export function offerSections(root) {
  const address = root.dataset.sectionUrl
  if (!address) return
  for (const heading of all('[data-section]', root)) {
    const title = heading.textContent.trim()
    const link = element('a', { className: 'section-edit', href: address + heading.dataset.section, textContent: 'Edit', ariaLabel: `Edit the section “${title}”` })
    heading.insertBefore(link, one('.anchor', heading))
  }
}
