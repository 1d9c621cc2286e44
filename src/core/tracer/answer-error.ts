import { lookupRoute } from '../forward/lookup-route.ts'
import { selectIpv6Source } from '../forward/select-ipv6-source.ts'
import type { Packet } from '../net/packet.ts'
import type { ConntrackView } from '../netfilter/conntrack.ts'
import type { Skb } from '../netfilter/hook.ts'
import { defaultTtl, type IcmpTrouble, makeIcmpError } from './make-packet.ts'
import type { Answer } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'

/** An address that no packet has: the routing of the error chooses the real one. */
const ANY = { 4: '0.0.0.0', 6: '::' } as const

/** An address; the device that the packet came in by, which decides it in IPv6; or null: the route back chooses. */
type ErrorSource = string | { readonly inDevice: string } | null

/**
 * Returns the ICMP error that a namespace sends about a packet, or null where none may be sent. The route back chooses the
 * source for packets that were being forwarded (linux:net/ipv4/icmp.c icmp_send: saddr is the packet's own destination only
 * when that was local). Rate limits are not modelled.
 */
export function answerError(
  ns: PreparedNamespace,
  skb: Skb,
  trouble: IcmpTrouble,
  source: ErrorSource,
  why: string,
  mtu?: number,
): Answer | null {
  const { family } = skb.packet
  const from = source === null || typeof source === 'string' ? source : sourceOfError(ns, skb.packet, source.inDevice)
  const error = makeIcmpError(skb.packet, trouble, from ?? ANY[family], defaultTtl(ns.netns, family), mtu)
  if (error === null) return null
  return {
    kind: 'local',
    ns,
    skb: { packet: error, mark: 0, conntrack: attachRelated(skb.conntrack) },
    bound: from !== null,
    by: 'kernel',
    assumed: false,
    why,
  }
}

/**
 * Returns the source of an error about an IPv6 packet that came in by a device and is not for this namespace: an address of that
 * device, chosen before the route back is looked up, so that policy rules see it; null where the route back chooses, as it does
 * where it has a `src` of its own, and always in IPv4 (linux:net/ipv6/icmp.c icmp6_send, icmpv6_rt_has_prefsrc).
 */
function sourceOfError(ns: PreparedNamespace, { family, src }: Packet, inDevice: string): string | null {
  if (family === 4) return null
  const query = { family, destination: src, source: null, inDevice: 'lo', outDevice: null, mark: 0 }
  const back = lookupRoute(ns.index, query)
  const prefers = (back.kind === 'forward' || back.kind === 'local') && back.route.preferredSource !== null
  return prefers ? null : selectIpv6Source(ns.index, inDevice, src)
}

/**
 * Returns what an answer made by the kernel itself is to conntrack: related to the connection of the packet that it is
 * about, which need not be confirmed yet (linux:net/netfilter/nf_conntrack_core.c nf_conntrack_attach).
 */
export function attachRelated(about: ConntrackView | null): ConntrackView | null {
  if (about === null || about.connection === null) return null
  return {
    state: 'related',
    direction: about.direction === 'original' ? 'reply' : 'original',
    connection: about.connection,
  }
}
