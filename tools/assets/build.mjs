// Writes web/ui/static/vendor from the packages that package-lock.json names.
// Run it with `npm run build`; README.md says when and how.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const here = dirname(fileURLToPath(import.meta.url))
const out = join(here, '../../web/ui/static/vendor')

// The packages are installed outside the tree, so that no tool finds them in it.
const work = mkdtempSync(join(tmpdir(), 'holt-assets-'))
process.on('exit', () => rmSync(work, { recursive: true, force: true }))
for (const name of ['package.json', 'package-lock.json', 'codemirror.mjs', 'no-html.mjs']) cpSync(join(here, name), join(work, name))
execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: work, stdio: 'inherit' })
const { build, transform } = createRequire(join(work, 'package.json'))('esbuild')

const inPackage = (...parts) => join(work, 'node_modules', ...parts)
const manifest = (name) => JSON.parse(readFileSync(inPackage(name, 'package.json'), 'utf8'))
const written = [] // { name, bytes, packed, sum }

/** Writes a file, packed unless it is so by nature. The sum is of the unpacked content. */
function write(name, content, { packed = true } = {}) {
  const file = join(out, packed ? `${name}.gz` : name)
  const stored = packed ? gzipSync(content, { level: 9 }) : content
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, stored)
  written.push({ name, bytes: content.length, stored: stored.length, sum: createHash('sha256').update(content).digest('hex') })
}

/** The licence texts of packages, one after the other. */
function licences(names) {
  return Buffer.from([...names].sort().map((name) => {
    const { version, license } = manifest(name)
    const file = readdirSync(inPackage(name)).find((entry) => /^(licen[cs]e|copying)/i.test(entry))
    const text = file ? readFileSync(inPackage(name, file), 'utf8').trim() : `The package names its licence: ${license}.`
    return `${name} ${version} (${license})\n\n${text.replace(/\r/g, '').replace(/[ \t]+$/gm, '')}\n`
  }).join(`\n${'-'.repeat(72)}\n\n`))
}

/** A package and all that it depends on. */
function tree(name, seen = new Set()) {
  if (seen.has(name) || name.startsWith('@types/')) return seen
  seen.add(name)
  for (const needed of Object.keys(manifest(name).dependencies ?? {})) tree(needed, seen)
  return seen
}

/** Replaces code of a package and fails when it is not found as often as expected. */
function replace(source, old, fresh, times) {
  const parts = source.split(old)
  if (parts.length - 1 !== times) throw new Error(`${JSON.stringify(old)} is found ${parts.length - 1} times, not ${times}`)
  return parts.join(fresh)
}

async function codemirror() {
  const result = await build({
    entryPoints: [join(work, 'codemirror.mjs')],
    alias: { '@codemirror/lang-html': join(work, 'no-html.mjs') },
    bundle: true, minify: true, format: 'esm', target: 'es2022', legalComments: 'none', metafile: true, write: false, absWorkingDir: work,
  })
  const names = new Set(Object.keys(result.metafile.inputs)
    .map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean))
  write('codemirror.js', Buffer.from(result.outputFiles[0].contents))
  write('codemirror.licences.txt', licences(names), { packed: false })
}

async function katex() {
  // A style attribute is refused by the policy of the pages, a style property is not.
  let source = readFileSync(inPackage('katex/dist/katex.mjs'), 'utf8')
  source = replace(source, 'node.setAttribute(attr, this.attributes[attr]);', 'put(node, attr, this.attributes[attr]);', 3)
  source = replace(source, 'node.setAttribute(attr, value);', 'put(node, attr, value);', 1)
  source += '\nfunction put(node, name, value) { if (name === "style") node.style.cssText = value; else node.setAttribute(name, value); }\n'
  const script = await transform(source, { minify: true, format: 'esm', target: 'es2022' })
  write('katex/katex.js', Buffer.from(script.code))
  const sheet = readFileSync(inPackage('katex/dist/katex.min.css'), 'utf8')
  write('katex/katex.css', Buffer.from(sheet.replace(/,url\([^)]+\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, '')))
  for (const font of readdirSync(inPackage('katex/dist/fonts')).filter((name) => name.endsWith('.woff2'))) {
    write(`katex/fonts/${font}`, readFileSync(inPackage('katex/dist/fonts', font)), { packed: false })
  }
  write('katex/licences.txt', licences(['katex']), { packed: false })
}

function mermaid() {
  write('mermaid/mermaid.js', readFileSync(inPackage('mermaid/dist/mermaid.min.js')))
  write('mermaid/licences.txt', licences(tree('mermaid')), { packed: false })
}

function readme() {
  const direct = Object.entries(manifest('..').dependencies).map(([name, version]) => `${name} ${version}`)
  const number = new Intl.NumberFormat('en')
  writeFileSync(join(out, 'README.md'), `# Vendored files

Written by \`npm run build\` in \`tools/assets\`; do not edit. Files are kept packed
(\`.gz\`) and served as they are; sizes are of the stored file, checksums of the
unpacked content. \`licences.txt\` beside each holds the licences of all it contains.

Made from ${direct.join(', ')}, with esbuild ${manifest('esbuild').version}.

| file | bytes stored | bytes | sha256 |
|---|--:|--:|---|
${written.map((f) => `| ${f.name} | ${number.format(f.stored)} | ${number.format(f.bytes)} | ${f.sum} |`).join('\n')}
`)
}

for (const name of ['codemirror.js.gz', 'katex', 'mermaid']) rmSync(join(out, name), { recursive: true, force: true })
await codemirror()
await katex()
mermaid()
readme()
