import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HostState } from '../../src/core/host/host-state.ts'
import { packObservation } from './pack-observation.ts'
import type { KernelTruth } from './judge-flow.ts'
import type { Result } from './run-conformance.ts'

/** Where cases are kept that every test run replays. */
export const fixturesFolder = fileURLToPath(new URL('../fixtures/conformance', import.meta.url))

/** A flow, the host it ran on, and what the kernel did: all that a replay needs. */
export interface SavedCase {
  readonly state: HostState
  readonly kernel: KernelTruth
}

/** Writes a case as a folder of four files, five with what Hopwire's watcher saw, and returns its path. */
export function saveCase(folder: string, result: Result): string {
  const { plan, round, flow, state, check, observed } = result
  const { generation } = plan.engine
  const path = join(
    folder,
    `docker${generation}-seed${plan.seed}-t${plan.index}-r${round}-${check.flow.sourcePort ?? 0}`,
  )
  mkdirSync(path, { recursive: true })
  const write = (name: string, value: unknown, space?: number): void =>
    writeFileSync(join(path, name), `${JSON.stringify(value, null, space)}\n`)
  write('host.json', state)
  write('flow.json', check.flow, 2)
  const { truth, connection, answering } = check
  write('truth.json', { truth, connection, answering }, 2)
  if (observed !== null) writeFileSync(join(path, 'observation.json.br'), packObservation(observed.raw))
  write(
    'plan.json',
    { ...plan, rounds: plan.rounds.filter((_, index) => index === round).map((one) => ({ ...one, flows: [flow] })) },
    2,
  )
  return path
}

/** Reads a case that was saved; throws when a file is missing or is not JSON. */
export function loadCase(path: string): SavedCase {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(path, name), 'utf8'))
  const kernel = { flow: read('flow.json'), ...(read('truth.json') as Omit<KernelTruth, 'flow'>) } as KernelTruth
  return { state: read('host.json') as HostState, kernel }
}

/**
 * Copies a saved case to the fixtures under a name that says what it shows, without what was watched (observed-case.ts has that);
 * throws when the name is taken.
 */
export function adoptCase(path: string, name: string): string {
  const target = join(fixturesFolder, basename(name))
  if (existsSync(target)) throw new Error(`there is a fixture named ${name} already`)
  cpSync(path, target, { recursive: true, filter: (source) => !source.endsWith('observation.json.br') })
  return target
}
