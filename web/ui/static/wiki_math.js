// Formulas are TeX in the page, and are set by KaTeX once there is one.
import { all, element, one } from './dom.js'

const longest = 20000 // characters of one formula

/** Sets the formulas below root: elements of class "math inline" or "math display". */
export async function setFormulas(root) {
  const formulas = all('.math', root).filter((formula) => !formula.dataset.tex)
  if (formulas.length === 0) return
  for (const formula of formulas) formula.dataset.tex = formula.textContent
  const [{ default: katex }] = await Promise.all([import('./vendor/katex/katex.js'), sheet()])
  const macros = {} // \gdef holds from one formula of a page to the next
  for (const formula of formulas) {
    set(katex, formula, macros)
  }
}

function set(katex, formula, macros) {
  const tex = formula.dataset.tex.slice(0, longest)
  try {
    katex.render(tex, formula, {
      displayMode: formula.classList.contains('display'), macros, throwOnError: true, trust: false, strict: 'ignore',
      maxSize: 50, maxExpand: 1000,
    })
    formula.classList.add('math-set')
  } catch (error) {
    formula.textContent = tex
    formula.classList.add('math-problem')
    formula.title = error.message
  }
}

// The style sheet is waited for, so that no formula is seen without it.
function sheet() {
  if (one('[data-katex-sheet]')) return Promise.resolve()
  const link = element('link', { rel: 'stylesheet', href: new URL('./vendor/katex/katex.css', import.meta.url).href })
  link.dataset.katexSheet = ''
  const loaded = new Promise((done) => {
    link.addEventListener('load', done)
    link.addEventListener('error', done)
  })
  document.head.append(link)
  return loaded
}
