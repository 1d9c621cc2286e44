import { findAddressType } from '../forward/find-address-type.ts'
import { findRouteDevice } from '../forward/find-route-device.ts'
import { type ForwardIndex, indexNamespace } from '../forward/forward-index.ts'
import { indexStacked, type StackIndex } from '../forward/index-stacked.ts'
import { selectAddress } from '../forward/select-source.ts'
import type { Container } from '../host/container.ts'
import type { Gap, HostState } from '../host/host-state.ts'
import type { NetNamespace } from '../host/namespace.ts'
import { type CompiledRulesets, compileRulesets } from '../netfilter/compile-rulesets.ts'
import type { FibQuery } from '../netfilter/hook.ts'
import type { Evidence } from '../trace/evidence.ts'

/** One namespace, ready to be walked. */
export interface PreparedNamespace {
  readonly netns: NetNamespace
  readonly index: ForwardIndex
  readonly rules: CompiledRulesets
  readonly fib: FibQuery
  readonly gaps: readonly Gap[]
}

/** A host state with everything that can be worked out once. */
export interface PreparedHost {
  readonly state: HostState
  readonly root: PreparedNamespace
  readonly containers: ReadonlyMap<string, Container>
  /** Which macvlan, ipvlan and vlan devices sit on which. */
  readonly stacked: StackIndex
  /** What every step that rests on the state carries. */
  readonly evidence: Evidence
  /** Returns a namespace by id, or null when the state has none of that id. */
  readonly namespace: (id: string) => PreparedNamespace | null
}

const prepared = new WeakMap<HostState, PreparedHost>()

/**
 * Returns the host with its indexes, made on first use and kept for as long as the state lives. A namespace is indexed
 * when the first packet meets it. Throws when the state has no namespace at all.
 */
export function prepareHost(state: HostState): PreparedHost {
  const known = prepared.get(state)
  if (known !== undefined) return known
  const host = buildHost(state)
  prepared.set(state, host)
  return host
}

function buildHost(state: HostState): PreparedHost {
  const byId = new Map(state.namespaces.map((netns) => [netns.id, netns]))
  const ready = new Map<string, PreparedNamespace>()
  const namespace = (id: string): PreparedNamespace | null => {
    const known = ready.get(id)
    if (known !== undefined) return known
    const netns = byId.get(id)
    if (netns === undefined) return null
    const fresh = prepareNamespace(netns, state.gaps)
    ready.set(id, fresh)
    return fresh
  }
  const first = state.namespaces[0]
  const root = first === undefined ? null : namespace(first.id)
  if (root === null) throw new Error('a host state without namespaces')
  return {
    state,
    root,
    containers: new Map(state.containers.map((container) => [container.name, container])),
    stacked: indexStacked(state.namespaces),
    evidence: { basis: state.origin === 'probe' ? 'state' : 'synth' },
    namespace,
  }
}

function prepareNamespace(netns: NetNamespace, gaps: readonly Gap[]): PreparedNamespace {
  const index = indexNamespace(netns)
  return {
    netns,
    index,
    rules: compileRulesets(netns.rulesets),
    fib: {
      addressType: (family, address, device) => findAddressType(index, family, address, device),
      sourceFor: (family, device, nextHop) => selectAddress(index, family, device, nextHop),
      routeDevice: (query) => findRouteDevice(index, query),
    },
    gaps: gaps.filter((gap) => gap.namespace === netns.id || gap.namespace === null),
  }
}

/** Parts of a namespace without which its routing cannot be worked out. */
const ROUTE_PARTS = ['namespace', 'interfaces', 'addresses', 'routes', 'rules', 'sysctls'] as const

/**
 * Returns in words what is not known of a namespace's routing, or null. Every namespace has a loopback device: one without
 * any device was not read, whatever its gaps say.
 */
export function findUnknownRouting(namespace: PreparedNamespace): string | null {
  const { name, interfaces } = namespace.netns
  const gap = findGap(namespace, ROUTE_PARTS)
  if (gap?.namespace === null) return `not all of the host could be read (${gap.why})`
  if (gap !== null) return `${gap.what} of ${name} could not be read (${gap.why})`
  return interfaces.length === 0 ? `no device of ${name} was read, not even its loopback` : null
}

/** Returns the first gap of a namespace that concerns one of the parts, or null. */
export function findGap(namespace: PreparedNamespace, parts: readonly string[]): Gap | null {
  return namespace.gaps.find((gap) => parts.includes(gap.what)) ?? null
}
