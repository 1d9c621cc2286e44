import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { STAGES } from './stages.mjs'

/** Runs every stage, goes on after a failure, and ends with the line 'N passed, N failed'. */
const only = process.argv.slice(2)
const total = { passed: 0, failed: 0, failures: [], skipped: [] }
let running = null

/** The tools of this checkout come first, as under npm, but without npm's start for each of them. */
const PATH = `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (running === null) process.exit(130)
    running.kill(signal)
    total.failures.push(`interrupted by ${signal}`)
  })
}

function run(stage) {
  return new Promise((done) => {
    const [command, ...args] = stage.command
    running = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH, ...stage.env },
    })
    running.on('error', (error) => done(error.message))
    running.on('exit', (code, signal) => done(code === 0 ? null : `ended with ${signal ?? `status ${code}`}`))
  })
}

function add(stage, problem) {
  let counts = null
  try {
    counts = stage.count?.() ?? null
  } catch (error) {
    problem ??= `left no report (${error.message})`
  }
  if (counts !== null) {
    total.passed += counts.passed
    total.failed += counts.failed
    total.failures.push(...counts.failures.map((title) => `${stage.name}: ${title}`))
    total.skipped.push(...counts.skipped.map((title) => `${stage.name}: ${title}`))
  }
  const unexplained = problem !== null && (counts === null || counts.failed === 0)
  if (unexplained) {
    total.failed += 1
    total.failures.push(`${stage.name} ${problem}`)
  } else if (counts === null && !stage.setup) total.passed += 1
}

rmSync('.cache/test', { recursive: true, force: true })
mkdirSync('.cache/test', { recursive: true })
for (const stage of STAGES) {
  if (only.length > 0 && !only.includes(stage.name)) continue
  const reason = stage.skip()
  if (reason !== null) {
    total.skipped.push(`${stage.name} (the whole stage): ${reason}`)
    continue
  }
  const started = Date.now()
  console.log(`\n== ${stage.name}: ${stage.command.join(' ')}`)
  const problem = await run(stage)
  running = null
  console.log(`== ${stage.name}: ${problem ?? 'done'} after ${((Date.now() - started) / 1000).toFixed(1)} s`)
  add(stage, problem)
}

function printList(title, lines) {
  if (lines.length > 0) console.log(['', `${title}:`, ...lines.map((line) => `  - ${line}`)].join('\n'))
}

/** What the lab had to make again, which no test is about: see test/lab/once-more.ts. */
function readLines(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
}

printList('Skipped, with reasons', total.skipped)
printList('Made once more', readLines('.cache/test/noticed.txt'))
printList('Failed', total.failures)
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 || total.failures.length > 0 ? 1 : 0
