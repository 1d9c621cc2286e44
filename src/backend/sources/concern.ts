import { probeLabel } from '../../core/parse/docker-containers.ts'
import type { EngineEvent } from '../docker/event-stream.ts'

/** What must be read anew, by id; null for everything. */
export interface Concern {
  readonly containers: ReadonlySet<string>
  readonly networks: ReadonlySet<string>
}

/** Of a container: what changes its path, and what does not. `stop`, `kill` and `restart` come with a `die` and a `start`. */
const changes = ['create', 'start', 'die', 'destroy', 'rename', 'pause', 'unpause']
const noChanges =
  /^(attach|commit|copy|detach|export|exec_|health_status|kill|oom|resize|restart|stop|top|update|prune)/

/** Each network that is pruned has its own `destroy`. */
const networkChanges = ['create', 'destroy', 'remove', 'connect', 'disconnect', 'update']

/** Of the engine itself and of a swarm, which changes rules without a word about containers. */
const unclear = ['daemon', 'service', 'node']

const nothing: Concern = { containers: new Set(), networks: new Set() }

/**
 * Returns what an event concerns; null for an event of which that is not known. Hopwire's own helper joins the host network
 * and has its label; neither changes any path. What belongs to neither container nor network does not either.
 */
export function concernOf({ type, action, id, attributes }: EngineEvent): Concern | null {
  if (probeLabel in attributes) return nothing
  if (type === 'container') return concernOfContainer(action, id)
  if (type === 'network') {
    if (attributes['type'] === 'host' || action === 'prune') return nothing
    if (!networkChanges.includes(action) || id === '') return null
    const { container } = attributes
    return { containers: new Set(container === undefined ? [] : [container]), networks: new Set([id]) }
  }
  return unclear.includes(type) && action !== 'shutdown' ? null : nothing
}

function concernOfContainer(action: string, id: string): Concern | null {
  if (changes.includes(action) && id !== '') return { containers: new Set([id]), networks: new Set() }
  return noChanges.test(action) ? nothing : null
}

/** More than this is read quicker as a whole, and an engine that tells so much drops events (it keeps 1024 for who is slow). */
const MOST = 40

/** Gathers what events concern until somebody reads it; at first that is everything. */
export class Concerns {
  #concern: Concern | null = null

  /** Adds what an event concerns; gives whether there is anything to read. */
  add(concern: Concern | null): boolean {
    if (concern === null) {
      this.#concern = null
      return true
    }
    if (concern.containers.size + concern.networks.size === 0) return false
    if (this.#concern !== null) this.#concern = join(this.#concern, concern)
    return true
  }

  /** Tells whether there is anything to read. */
  isWaiting(): boolean {
    return this.#concern === null || this.#concern.containers.size + this.#concern.networks.size > 0
  }

  /** Gives what there is to read, null for everything; from now on nothing is, until the next event. */
  take(): Concern | null {
    const taken = this.#concern
    this.#concern = nothing
    return taken === null || taken.containers.size + taken.networks.size > MOST ? null : taken
  }
}

function join(one: Concern, other: Concern): Concern {
  return {
    containers: new Set([...one.containers, ...other.containers]),
    networks: new Set([...one.networks, ...other.networks]),
  }
}
