import { readFileSync } from 'node:fs'
import { createRequire, Module } from 'node:module'
import { dirname, join } from 'node:path'
import { findPackageRoot } from '../../../src/backend/package-root.ts'

type Load = (request: string, parent: unknown, isMain: boolean) => unknown
type Compile = (module: { _compile(code: string, path: string): void }, path: string) => void

/** Node's loader, with the parts that its types do not tell of. */
interface Loader {
  _load: Load
  readonly _extensions: Record<string, Compile | undefined>
}

/** Where main and the preload script are built to. */
const MAIN_BUNDLE = join(findPackageRoot(), 'out', 'main', 'index.cjs')
export const PRELOAD_BUNDLE = join(findPackageRoot(), 'out', 'preload', 'index.cjs')

/**
 * Runs the built main bundle afresh in this process, with the given object as its `electron`. Returns how to give the
 * real loader back; until then `electron` means the double, in every chunk that main loads later, too.
 */
export function loadMain(electron: object): () => void {
  const loader = Module as unknown as Loader
  const original = loader._load
  loader._load = function load(request, parent, isMain) {
    return request === 'electron' ? electron : original.call(this, request, parent, isMain)
  }
  const before = loader._extensions['.cjs']
  // The bundles run as they were built: a test runner would translate them first, which takes a busy machine half a minute.
  loader._extensions['.cjs'] = (module, path) => {
    if (path.startsWith(dirname(MAIN_BUNDLE))) module._compile(readFileSync(path, 'utf8'), path)
    else (before ?? loader._extensions['.js'])?.(module, path)
  }
  const require = createRequire(MAIN_BUNDLE)
  for (const path of Object.keys(require.cache)) {
    if (path.startsWith(dirname(MAIN_BUNDLE))) delete require.cache[path]
  }
  require(MAIN_BUNDLE)
  return () => {
    loader._load = original
    if (before === undefined) delete loader._extensions['.cjs']
    else loader._extensions['.cjs'] = before
  }
}
