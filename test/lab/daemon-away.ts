/**
 * Takes a host's dockerd away and brings it back, as a restart or a crash of the engine does, or has it hang; the host goes on
 * meanwhile.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Engine } from './engine.ts'
import { apiGet } from './api.ts'
import { PATIENCE_MS } from './run-command.ts'

/** Where engine-init.sh looks. */
function markOf(engine: Engine): string {
  return join(dirname(engine.socket), 'away')
}

/** Kills dockerd at once. Its containers stay until it comes back, as those of a crashed engine do. */
export async function takeDaemonAway(engine: Engine): Promise<void> {
  writeFileSync(markOf(engine), '')
  await signalDaemon(engine, 'KILL')
}

/** Stops dockerd where it is: its socket takes connections and nothing answers, until `thawDaemon`. */
export async function freezeDaemon(engine: Engine): Promise<void> {
  await signalDaemon(engine, 'STOP')
}

/** Lets dockerd go on. */
export async function thawDaemon(engine: Engine): Promise<void> {
  await signalDaemon(engine, 'CONT')
}

async function signalDaemon(engine: Engine, signal: 'KILL' | 'STOP' | 'CONT'): Promise<void> {
  // The number of the host's own pid namespace: no other dockerd can have it there.
  const pid = (await engine.onHost(['cat', '/run/docker.pid'])).trim()
  await engine.onHost(['sh', '-c', `kill -${signal} ${pid}`])
}

/** Starts dockerd again and waits until it answers. */
export async function bringDaemonBack(engine: Engine): Promise<void> {
  rmSync(markOf(engine))
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const answers = await apiGet(engine.socket, '/_ping').catch(() => null)
    if (answers !== null) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`dockerd did not come back within ${PATIENCE_MS / 1000} s`)
}
