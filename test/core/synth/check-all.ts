/** `npm run synth-check [NAME,...]`: builds all declared scenes (or those named) on real engines and compares them. */
import { spawnSync } from 'node:child_process'

const argv = ['run', '--project', 'live', 'test/live/synth.test.ts']
const env = { ...process.env, HOPWIRE_SYNTH: process.argv[2] ?? 'all' }
process.exit(spawnSync('vitest', argv, { stdio: 'inherit', env }).status ?? 1)
