import { readFileSync } from 'node:fs'

/** A real engine that the tests look at: its API's socket, the address of its host's NIC, and the namespaces around it. */
export interface TestEngine {
  readonly generation: string
  readonly socket: string
  readonly address: string
  /** Paths of the host's own network namespace, and of the other machine's on its LAN. */
  readonly netns: string
  readonly clientNetns: string
}

/** The variable by which the global set-up tells the workers of its engines. */
export const ENGINES_VARIABLE = 'HOPWIRE_E2E_ENGINES'

/** Returns the engine of a generation; throws when the global set-up has not started one. */
export function findEngine(generation: string): TestEngine {
  const engines = JSON.parse(process.env[ENGINES_VARIABLE] ?? '[]') as readonly TestEngine[]
  const engine = engines.find((each) => each.generation === generation)
  if (engine === undefined) throw new Error(`no Docker ${generation} engine is up: the global set-up did not start one`)
  return engine
}

/** Returns the engines of a lab that runs already, from the file in which it says where. */
export function readEngines(stateFile: string): readonly TestEngine[] {
  const state = JSON.parse(readFileSync(stateFile, 'utf8')) as {
    readonly engines: readonly Omit<TestEngine, 'clientNetns'>[]
    readonly world: Pick<TestEngine, 'clientNetns'>
  }
  const { clientNetns } = state.world
  return state.engines.map(({ generation, socket, address, netns }) => ({
    generation,
    socket,
    address,
    netns,
    clientNetns,
  }))
}
