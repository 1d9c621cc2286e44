// `npm run dev`: builds and runs like `npm start`, and does so again whenever something below src/ changes. Reload the page
// to see a change of the view; after a change of the backend the app is started anew.
import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const args = process.argv.slice(2)
let child = null
let timer = null

function start() {
  child = spawn(process.execPath, [join(root, 'scripts', 'start.mjs'), ...args], { cwd: root, stdio: 'inherit' })
}

function restart() {
  timer = null
  process.stderr.write('hopwire: something changed, starting again\n')
  if (child.exitCode !== null || child.signalCode !== null) return start()
  child.once('exit', start)
  child.kill('SIGTERM')
}

start()
watch(join(root, 'src'), { recursive: true }, () => {
  // An editor writes several times for one save.
  if (timer) clearTimeout(timer)
  timer = setTimeout(restart, 200)
})
process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => {
  child.kill('SIGTERM')
  process.exit(143)
})
