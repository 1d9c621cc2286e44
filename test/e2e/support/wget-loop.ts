import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { TestEngine } from './engines.ts'

const run = promisify(execFile)

/** No loop outlives its test by more than a minute, whatever happens to it. */
const MOST_ROUNDS = 200

/** Lets a container fetch pages, one after the other and over again, until the returned function is called. */
export async function startWgetLoop(
  engine: TestEngine,
  container: string,
  urls: readonly string[],
): Promise<() => Promise<void>> {
  const exec = (...argv: string[]) => run('docker', ['-H', `unix://${engine.socket}`, 'exec', ...argv])
  const stop = `/tmp/stop-${Date.now()}`
  const fetches = urls.map((url) => `wget -q -O /dev/null ${url}`).join('; ')
  const script = `i=0; mkdir -p /tmp; while [ $i -lt ${MOST_ROUNDS} ] && [ ! -e ${stop} ]; do ${fetches}; sleep 0.3; i=$((i+1)); done`
  await exec('-d', container, 'sh', '-c', script)
  return async () => void (await exec(container, 'sh', '-c', `mkdir -p /tmp; touch ${stop}`))
}
