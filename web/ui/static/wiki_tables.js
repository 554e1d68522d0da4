// Tables that can be sorted, searched and turned in pages. All rows are in the
// document, so that without scripts the table is complete.
import { all, element, one } from './dom.js'

const counted = new Intl.NumberFormat('en', { useGrouping: 'min2' })
const compared = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

export function enhanceTables(root) {
  for (const holder of all('.embed-datatable', root)) {
    for (const table of all('table', holder)) {
      if (table.dataset.enhanced !== undefined || !table.tHead || !table.tBodies[0]) continue
      table.dataset.enhanced = ''
      new Table(table, holder.dataset)
    }
  }
}

class Table {
  #page = 0
  #words = []

  constructor(table, { sortable, searchable, paging, perPage }) {
    this.table = table
    this.rows = [...table.tBodies[0].rows]
    this.perPage = paging === 'true' && Number.parseInt(perPage, 10) || this.rows.length
    this.foot = element('div', { className: 'table-foot' })
    const scroll = table.closest('.table-scroll, .embed-scroll') ?? table
    if (sortable === 'true') this.#offerSorting()
    if (searchable === 'true') scroll.before(this.#searchField())
    if (this.perPage < this.rows.length || searchable === 'true') scroll.after(this.foot)
    this.#show()
  }

  #offerSorting() {
    for (const [column, cell] of [...this.table.tHead.rows[0].cells].entries()) {
      const button = element('button', { type: 'button', className: 'table-sort' })
      button.append(...cell.childNodes)
      cell.append(button)
      cell.ariaSort = 'none'
      button.addEventListener('click', () => this.#sort(column, cell))
    }
  }

  #sort(column, cell) {
    const direction = cell.ariaSort === 'ascending' ? 'descending' : 'ascending'
    for (const other of this.table.tHead.rows[0].cells) other.ariaSort = 'none'
    cell.ariaSort = direction
    const keys = new Map(this.rows.map((row) => [row, sortKey(row.cells[column]?.textContent ?? '')]))
    const sign = direction === 'ascending' ? 1 : -1
    this.rows.sort((a, b) => sign * compareKeys(keys.get(a), keys.get(b)))
    this.table.tBodies[0].append(...this.rows)
    this.#page = 0
    this.#show()
  }

  #searchField() {
    const field = element('input', { type: 'search', placeholder: 'Search in this table', ariaLabel: 'Search in this table' })
    field.addEventListener('input', () => {
      this.#words = field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean)
      this.#page = 0
      this.#show()
    })
    return element('div', { className: 'table-search' }, field)
  }

  #show() {
    const fits = (row) => {
      const text = row.textContent.toLocaleLowerCase()
      return this.#words.every((word) => text.includes(word))
    }
    const found = this.#words.length > 0 ? this.rows.filter(fits) : this.rows
    const size = this.perPage || 1
    const pages = Math.max(1, Math.ceil(found.length / size))
    this.#page = Math.min(this.#page, pages - 1)
    const from = this.#page * size
    const visible = new Set(found.slice(from, from + size))
    for (const row of this.rows) row.hidden = !visible.has(row)
    this.#describe(found.length, from, visible.size, pages)
  }

  #describe(found, from, size, pages) {
    const of = found === this.rows.length ? `${counted.format(found)}` : `${counted.format(found)} found of ${counted.format(this.rows.length)}`
    const words = found === 0 ? 'No row fits.' : `${counted.format(from + 1)} to ${counted.format(from + size)} of ${of}`
    const turn = (text, step) => {
      const button = element('button', { type: 'button', className: 'button small quiet', textContent: text })
      button.disabled = this.#page + step < 0 || this.#page + step >= pages
      button.addEventListener('click', () => {
        this.#page += step
        this.#show()
        const again = all('button', this.foot).find((other) => other.textContent === text)
        if (again.disabled) one('button:enabled', this.foot)?.focus()
        else again.focus()
      })
      return button
    }
    this.foot.replaceChildren(element('span', { role: 'status', textContent: words }))
    if (pages > 1) this.foot.append(element('span', { className: 'table-turns' }, turn('Previous', -1), turn('Next', 1)))
  }
}

// Numbers sort by value before words; an empty cell comes last.
function sortKey(text) {
  const trimmed = text.trim()
  const plain = trimmed.replace(/[\s,'’](?=\d{3}\b)/g, '').replace(/^[€$£¥]\s*|\s*[%€$£¥]$/g, '')
  const number = plain === '' ? NaN : Number(plain)
  return { text: trimmed, number, rank: trimmed === '' ? 2 : Number.isNaN(number) ? 1 : 0 }
}

function compareKeys(a, b) {
  if (a.rank !== b.rank) return a.rank - b.rank
  return a.rank === 0 ? a.number - b.number : compared.compare(a.text, b.text)
}
