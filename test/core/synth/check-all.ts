/** `npm run synth-check [NAME,...]`: builds all declared scenes (or those named) on real engines and compares them. */
import { spawnSync } from 'node:child_process'
import { NOT_RUN } from './scenes/not-run.ts'

const argv = ['run', '--project', 'live', 'test/live/synth.test.ts']
const env = { ...process.env, HOPWIRE_SYNTH: process.argv[2] ?? 'all' }
const { status } = spawnSync('vitest', argv, { stdio: 'inherit', env })
for (const { what, why } of NOT_RUN) process.stdout.write(`not run: ${what}: ${why}\n`)
process.exit(status ?? 1)
