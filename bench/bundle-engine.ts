/**
 * The engine as it ships: bundled. Run from its sources by tsx, each function within a function is given its name anew
 * whenever it is made, which is a cost that no user has.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import type { traceFlow } from '../src/core/tracer/trace-flow.ts'

const root = join(import.meta.dirname, '..')
const outDir = join(root, '.cache', 'bench', 'engine')

/** The bundle; its source map lies beside it. */
export const engineFile = join(outDir, 'engine.mjs')

/** Bundles `traceFlow` and returns it. */
export async function bundleEngine(): Promise<typeof traceFlow> {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      target: 'node20',
      minify: false,
      sourcemap: true,
      outDir,
      emptyOutDir: true,
      rollupOptions: { input: join(root, 'src/core/tracer/trace-flow.ts'), output: { entryFileNames: 'engine.mjs' } },
    },
  })
  const bundle = (await import(pathToFileURL(engineFile).href)) as { traceFlow: typeof traceFlow }
  return bundle.traceFlow
}
