import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXCEPTIONS, IMPORT_TABLE } from './import-table.mjs'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

const inside = (path, folder) => path === folder || path.startsWith(`${folder}/`)

/** The zone of a file: the longest folder of the table that holds it, or null outside of src. */
export function zoneOf(path) {
  const zones = Object.keys(IMPORT_TABLE).filter((zone) => inside(path, zone))
  return zones.sort((a, b) => b.length - a.length)[0] ?? null
}

function packageAllowed(specifier, packages) {
  if (specifier.startsWith('node:')) return packages.includes('node:')
  return packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))
}

/** Null when `file` (from the repository's root) may import `specifier`, else the sentence that says why not. */
export function judgeImport(file, specifier) {
  const zone = zoneOf(file)
  if (zone === null) return null
  const { folders, packages } = IMPORT_TABLE[zone]
  const extra = [...(EXCEPTIONS[file] ?? []), ...(EXCEPTIONS[zone] ?? [])]
  if (specifier.startsWith('.')) {
    const target = relative(ROOT, resolve(ROOT, dirname(file), specifier.split('?')[0]))
    if (!target.startsWith('src/')) return null
    if (inside(target, zone) || folders.some((folder) => inside(target, folder)) || extra.includes(target)) return null
    return `${zone} may not import ${target}: it may import ${folders.join(', ') || 'nothing else'} (import table in ARCHITECTURE.md).`
  }
  if (packageAllowed(specifier, packages) || extra.includes(specifier)) return null
  return `${zone} may not import the package ${specifier}: it may import ${packages.join(', ') || 'none'} (import table in ARCHITECTURE.md).`
}

const rule = {
  create(context) {
    const file = relative(ROOT, resolve(context.filename ?? context.getFilename()))
    const check = (node) => {
      const specifier = node.source?.value
      if (typeof specifier !== 'string') return
      const message = judgeImport(join(file), specifier)
      if (message !== null) context.report({ node: node.source, message })
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    }
  },
}

export default { meta: { name: 'hopwire' }, rules: { 'import-zones': rule } }
