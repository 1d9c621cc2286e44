import { createRequire, Module } from 'node:module'
import { dirname, join } from 'node:path'
import { findPackageRoot } from '../../../src/backend/package-root.ts'

type Load = (request: string, parent: unknown, isMain: boolean) => unknown

/** Where main and the preload script are built to. */
const MAIN_BUNDLE = join(findPackageRoot(), 'out', 'main', 'index.cjs')
export const PRELOAD_BUNDLE = join(findPackageRoot(), 'out', 'preload', 'index.cjs')

/**
 * Runs the built main bundle afresh in this process, with the given object as its `electron`. Returns how to give the
 * real loader back; until then `electron` means the double, in every chunk that main loads later, too.
 */
export function loadMain(electron: object): () => void {
  const loader = Module as unknown as { _load: Load }
  const original = loader._load
  loader._load = function load(request, parent, isMain) {
    return request === 'electron' ? electron : original.call(this, request, parent, isMain)
  }
  const require = createRequire(MAIN_BUNDLE)
  for (const path of Object.keys(require.cache)) {
    if (path.startsWith(dirname(MAIN_BUNDLE))) delete require.cache[path]
  }
  require(MAIN_BUNDLE)
  return () => {
    loader._load = original
  }
}
