// `npm start`: builds what is missing or old, then opens the desktop app, or serves it to the browser where Electron's
// runtime is not there. Arguments are passed on: npm start -- --docker-host ssh://me@box
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'
import { findElectron } from './find-electron.mjs'
import { isBuilt } from './is-built.mjs'
import { run, runNode } from './run.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

async function start(args) {
  if (!existsSync(join(root, 'node_modules', 'electron-vite'))) {
    return giveUp('its packages are not installed; run: npm ci')
  }
  if (!isBuilt(root)) {
    process.stderr.write('hopwire: building\n')
    if ((await build(['--logLevel', 'error'])) !== 0) return giveUp('the build failed; its errors are above')
  }
  const electron = findElectron(root)
  if (electron !== null && hasDisplay()) return run(electron, [root, ...args], root)
  const why = electron === null ? "Electron's runtime is not installed (npx install-electron)" : 'there is no display'
  process.stderr.write(`hopwire: ${why}, so the app is served to your browser instead\n`)
  return runNode([join(root, 'bin', 'hopwire.mjs'), 'serve', ...args], root)
}

function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

function giveUp(why) {
  process.stderr.write(`hopwire: ${why}\n`)
  return 1
}

process.exitCode = await start(process.argv.slice(2))
