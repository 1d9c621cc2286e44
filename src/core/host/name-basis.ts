import type { HostState } from './host-state.ts'

/**
 * Returns a name for everything of a host that decides where packets go and stays by itself: devices, routes, rules,
 * listening TCP sockets, containers, networks. Two states in which all of that is the same have the same name, on
 * whichever side of a connection it is made. What changes with every packet (connections, neighbours, learned addresses) is
 * left out: by that alone a trace is not out of date.
 */
export function nameBasis(state: HostState): string {
  const known = names.get(state)
  if (known !== undefined) return known
  const name = makeName(state)
  names.set(state, name)
  return name
}

/** A state never changes, and thousands of traces may be made on one. */
const names = new WeakMap<HostState, string>()

function makeName(state: HostState): string {
  const namespaces = state.namespaces.map(({ id, interfaces, routes, policyRules, rulesets, sockets, sysctls }) => [
    id,
    interfaces,
    routes,
    policyRules,
    rulesets,
    sockets?.filter((socket) => socket.protocol === 'tcp') ?? null,
    withoutCount(sysctls),
  ])
  return fold(JSON.stringify([namespaces, state.containers, state.networks]))
}

/** How many connections are tracked is read as a sysctl. */
function withoutCount({ [CONNECTIONS]: _count, ...sysctls }: HostState['namespaces'][number]['sysctls']) {
  return sysctls
}

const CONNECTIONS = 'netfilter/nf_conntrack_count'

/** 64 bits of a text as 16 hexadecimal digits: two chains of multiplications (the finish is MurmurHash3's) that feed each other. */
function fold(text: string): string {
  let [high, low] = [0x9747b28c, 0x5bd1e995]
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    high = Math.imul(high ^ code, 0x85ebca6b)
    low = Math.imul(low ^ code, 0xc2b2ae35)
    high ^= low >>> 15
    low ^= high >>> 13
  }
  return [high, low].map((half) => (mix(half) >>> 0).toString(16).padStart(8, '0')).join('')
}

function mix(value: number): number {
  const once = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35)
  return twice ^ (twice >>> 16)
}
