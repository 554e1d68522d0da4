// Draws one diagram for the page that frames this one. It runs in a sandbox and
// talks by messages only: it is sent { draw, dark } and answers with
// { drawn: { width, height } }, { failed } or, when a link is followed, { follow }.
const fonts = '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Cantarell, "Noto Sans", "Helvetica Neue", Arial, sans-serif'
const light = {
  background: '#fbfaf7', primaryColor: '#e9f3f1', primaryTextColor: '#1f2328', primaryBorderColor: '#0f766e',
  secondaryColor: '#f1eee7', tertiaryColor: '#ffffff', lineColor: '#636a72', textColor: '#1f2328',
}
const dark = {
  background: '#16181b', primaryColor: '#1b2a2a', primaryTextColor: '#e6e4df', primaryBorderColor: '#4fd1c5',
  secondaryColor: '#24282d', tertiaryColor: '#1d2024', lineColor: '#9aa1a9', textColor: '#e6e4df',
}

const tell = (message) => parent.postMessage(message, '*') // only pages of this server may frame this one
let drawing = Promise.resolve()
let count = 0

addEventListener('message', ({ source, data }) => {
  if (source !== parent || typeof data?.draw !== 'string') return
  drawing = drawing.then(() => draw(data.draw, data.dark === true))
})

async function draw(source, isDark) {
  const colours = isDark ? dark : light
  document.documentElement.style.colorScheme = isDark ? 'dark' : 'light'
  mermaid.initialize({
    startOnLoad: false, securityLevel: 'strict', suppressErrorRendering: true, theme: 'base',
    maxTextSize: 100000, maxEdges: 1000,
    themeVariables: { ...colours, edgeLabelBackground: colours.background, darkMode: isDark, fontFamily: fonts, fontSize: '15px' },
  })
  try {
    const { svg } = await mermaid.render(`diagram-${++count}`, source)
    document.body.innerHTML = svg
    const drawn = document.body.firstElementChild
    const [, , width, height] = drawn.getAttribute('viewBox').split(/[\s,]+/).map(Number)
    drawn.removeAttribute('height')
    drawn.setAttribute('width', width)
    drawn.style.maxWidth = '100%'
    tell({ drawn: { width, height } })
  } catch (error) {
    tell({ failed: String(error?.message ?? error).slice(0, 1000) })
  }
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a')
  if (!link) return
  event.preventDefault()
  const address = link.href?.baseVal ?? link.href
  if (address) tell({ follow: address })
})

tell({ ready: true })
