// The page tree is made of <details> and folds without this. What was folded or
// opened by hand stays so on the next page.
import { all } from './dom.js'

export function rememberTree() {
  for (const tree of all('[data-tree]')) keep(tree, `holt-tree:${tree.dataset.tree}`)
}

function keep(tree, key) {
  const chosen = read(key)
  for (const branch of all('details[data-path]', tree)) {
    // The branch that leads to the present page is open whatever was chosen.
    if (branch.querySelector('[aria-current="page"]')) continue
    if (Object.hasOwn(chosen, branch.dataset.path)) branch.open = chosen[branch.dataset.path]
  }
  // A click, not the toggle event: that comes for the changes above as well.
  tree.addEventListener('click', (event) => {
    const branch = event.target.closest('summary')?.parentElement
    if (!branch?.matches('details[data-path]') || event.target.closest('a')) return
    const now = { ...read(key), [branch.dataset.path]: !branch.open }
    try {
      localStorage.setItem(key, JSON.stringify(now))
    } catch {
      // Private windows and full stores forget; the tree folds all the same.
    }
  })
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {}
  } catch {
    return {}
  }
}
