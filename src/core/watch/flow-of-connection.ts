import type { ConntrackTuple } from '../host/conntrack-entry.ts'
import type { Protocol } from '../net/packet.ts'
import type { Flow } from '../trace/flow.ts'
import { isOwnToNamespace } from './packet-tuple.ts'
import type { WatchEnd } from './watch.ts'

/**
 * Returns the flow that `trace` is to be asked for, so that it predicts the next packet of exactly this connection, in the
 * direction in which it began: with these ports conntrack's own entry is found, if there is one. An end that nobody here
 * has is `external:ADDRESS`; one with several addresses goes by that of the connection. Null for protocols that cannot be
 * traced. `asked` is who has the address that it was sent to, `answers` who answers.
 */
export function flowOfConnection(
  protocol: Protocol,
  original: ConntrackTuple,
  from: WatchEnd,
  asked: WatchEnd,
  answers: WatchEnd,
): Flow | null {
  const traced = protocol === 'icmpv6' ? 'icmp' : protocol
  if (traced !== 'icmp' && traced !== 'tcp' && traced !== 'udp') return null
  const { src, dst, sourcePort, destinationPort } = original
  if (/^fe[89ab]/.test(src) || /^fe[89ab]/.test(dst)) return null
  // From outside to what nobody here has is no packet that this host would see again.
  if (from.netns === null && asked.netns === null && answers.netns === null) return null
  return {
    from: nameSource(src, from),
    to: dst,
    protocol: traced,
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
  }
}

function nameSource(address: string, { name, netns }: WatchEnd): string {
  if (netns === null) return `external:${address}`
  return isOwnToNamespace(address) ? name : address
}
