import { findSocket } from '../forward/find-socket.ts'
import { isGroupMac } from '../forward/forward-bridge.ts'
import type { Interface } from '../host/interface.ts'
import type { Socket } from '../host/socket.ts'
import { createConntrackTable } from '../netfilter/conntrack.ts'
import type { NetfilterContext, NetfilterOptions } from '../netfilter/hook.ts'
import { createRuleMemory } from '../netfilter/rule-memory.ts'
import type { Exchange } from '../trace/trace-report.ts'
import type { Answer } from './place.ts'
import type { PreparedHost, PreparedNamespace } from './prepare-host.ts'

/**
 * What one conversation changes on the host: connections, neighbours, what bridges have learned. The host state itself is
 * never touched; a world is thrown away with its report.
 */
export interface World {
  readonly host: PreparedHost
  readonly options: NetfilterOptions
  readonly contexts: Map<string, NetfilterContext>
  /** `namespace device address` to the MAC that ARP gave, null when nobody answered. */
  readonly neighbors: Map<string, string | null>
  /** Per namespace: `bridge mac` to port. */
  readonly fdb: Map<string, Map<string, string>>
  readonly warnings: Set<string>
  /** ARP exchanges that had to come first, in the order in which they happened. */
  readonly aside: Exchange[]
  /** ICMP redirects that forwarding has given rise to, still to be sent. */
  readonly redirects: Answer[]
  /** `namespace address` of senders that have been told of a shorter way. */
  readonly redirected: Set<string>
}

/** Returns a world in which nothing has happened yet. */
export function createWorld(host: PreparedHost, options: NetfilterOptions): World {
  return {
    host,
    options,
    contexts: new Map(),
    neighbors: new Map(),
    fdb: new Map(),
    warnings: new Set(),
    aside: [],
    redirects: [],
    redirected: new Set(),
  }
}

/** Returns netfilter's view of a namespace in this world. */
export function contextOf(world: World, namespace: PreparedNamespace): NetfilterContext {
  const { id } = namespace.netns
  const known = world.contexts.get(id)
  if (known !== undefined) return known
  const context: NetfilterContext = {
    netns: namespace.netns,
    rules: namespace.rules,
    conntrack: createConntrackTable(namespace.netns.conntrack),
    fib: namespace.fib,
    memory: createRuleMemory(),
    kernel: world.host.state.kernel,
    ...listeners(namespace.netns.sockets),
  }
  world.contexts.set(id, context)
  return context
}

function listeners(sockets: readonly Socket[] | null): Pick<NetfilterContext, 'findListener'> {
  return sockets === null ? {} : { findListener: (query) => findSocket(sockets, query) }
}

/** Returns what the bridges of a namespace have learned in this world. */
export function learnedFdb(world: World, namespace: PreparedNamespace): Map<string, string> {
  const known = world.fdb.get(namespace.netns.id)
  if (known !== undefined) return known
  const fresh = new Map<string, string>()
  world.fdb.set(namespace.netns.id, fresh)
  return fresh
}

/** A frame that comes in by a port of a bridge; `mac` is its sender's, null where that is not known. */
interface Arrival {
  readonly bridge: Interface
  readonly port: Interface
  readonly mac: string | null
}

/**
 * Lets a bridge learn behind which port a sender is, unless the port does not learn. A group is nobody's address
 * (linux:net/bridge/br_input.c br_handle_frame takes no frame from one).
 */
export function learnSender(world: World, namespace: PreparedNamespace, { bridge, port, mac }: Arrival): void {
  if (mac === null || isGroupMac(mac) || port.port?.learning === false) return
  learnedFdb(world, namespace).set(`${bridge.name} ${mac}`, port.name)
}
