import { readFileSync } from 'node:fs'

/** A real engine that the tests look at: its API's socket, the address of its host's NIC, and the namespaces around it. */
export interface TestEngine {
  readonly generation: string
  /** The worker that it belongs to, by its parallel index: tests change their engine and what runs on it. */
  readonly worker: number
  readonly socket: string
  readonly address: string
  /** Paths of the host's own network namespace, and of the other machine's on its LAN. */
  readonly netns: string
  readonly clientNetns: string
}

/** The variable by which the global set-up tells the workers of its engines. */
export const ENGINES_VARIABLE = 'HOPWIRE_E2E_ENGINES'

/** Returns a worker's own engine of a generation; throws when the global set-up has not started one. */
export function findEngine(generation: string, worker: number): TestEngine {
  const engines = JSON.parse(process.env[ENGINES_VARIABLE] ?? '[]') as readonly TestEngine[]
  const engine = engines.find((each) => each.generation === generation && each.worker === worker)
  if (engine === undefined) throw new Error(`no Docker ${generation} engine is up for worker ${worker}`)
  return engine
}

/** Returns the engines of a lab that runs already, from the file in which it says where: they serve one worker. */
export function readEngines(stateFile: string): readonly TestEngine[] {
  const state = JSON.parse(readFileSync(stateFile, 'utf8')) as {
    readonly engines: readonly Omit<TestEngine, 'clientNetns' | 'worker'>[]
    readonly world: Pick<TestEngine, 'clientNetns'>
  }
  const { clientNetns } = state.world
  return state.engines.map(({ generation, socket, address, netns }) => ({
    generation,
    worker: 0,
    socket,
    address,
    netns,
    clientNetns,
  }))
}
