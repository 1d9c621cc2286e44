import type { HostState } from '../../src/core/host/host-state.ts'
import { nobody } from './outside.ts'

/** What is done to a host until it rests. */
export interface Unrest {
  read(): Promise<HostState>
  /** Asks for the address that nobody has. */
  ask(): Promise<void>
  /** Forgets what asking left behind. */
  forget(): Promise<void>
}

/** A neighbour that does not answer is given up after three seconds. */
const GIVES_UP_MS = 3300
const MOST_TRIES = 3

/**
 * Reads a host once no kernel in it waits for a neighbour: a question that is under way would be told as a new one, and its
 * end would fall into the time of some probe. With `silent`, the host has asked for the address that nobody has; where many
 * neighbours are known on a machine its kernel forgets that nobody answered.
 */
export async function readRested(unrest: Unrest, silent: boolean): Promise<HostState> {
  for (let tries = 1; ; tries += 1) {
    const state = await unrest.read()
    const lacks = silent && !knowsNobody(state)
    if (tries === MOST_TRIES || (!lacks && !waits(state))) return state
    if (lacks) await unrest.ask()
    await new Promise((resolve) => setTimeout(resolve, GIVES_UP_MS))
    await unrest.forget()
  }
}

const waits = ({ namespaces }: HostState): boolean =>
  namespaces.some(({ neighbors }) => neighbors.some(({ state }) => state === 'incomplete'))

const knowsNobody = ({ namespaces }: HostState): boolean =>
  namespaces.some(({ neighbors }) => neighbors.some(({ address }) => address === nobody))
