import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runNode } from './run.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Builds the desktop app and the command line into out/ and gives the first exit status that is not 0. */
export async function build(extra = []) {
  const app = await runNode(['node_modules/electron-vite/bin/electron-vite.js', 'build', ...extra], root)
  return app || runNode(['node_modules/vite/bin/vite.js', 'build', '-c', 'vite.cli.config.ts', ...extra], root)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await build(process.argv.slice(2))
