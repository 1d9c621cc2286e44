import { lookupRoute, type RouteDecision } from '../forward/lookup-route.ts'
import { readMaxConf } from '../forward/read-sysctl.ts'
import { compilePrefix, contains, toBits } from '../forward/compile-prefix.ts'
import { answerError } from './answer-error.ts'
import type { Answer, Journey, Place } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'

type Forwarded = Extract<RouteDecision, { kind: 'forward' }>

type Arrived = Pick<Extract<Place, { at: 'receive' }>, 'device' | 'skb' | 'translated'>

/**
 * Notes that the sender is told of a shorter way, where a packet leaves by the device that it came in by and the sender is
 * on that link itself. The packet goes on. The kernel tells each sender less and less often, and never twice in a
 * moment: once a conversation (linux:net/ipv4/route.c __mkroute_input, ip_rt_send_redirect).
 */
export function sendRedirect(journey: Journey, ns: PreparedNamespace, arrived: Arrived, route: Forwarded): void {
  const { device, skb } = arrived
  const { packet } = skb
  if (packet.family === 6) return sendRedirect6(journey, ns, arrived, route)
  if (route.device !== device || !tellsOf(ns, device, packet.src, route.via)) return
  const back = lookupRoute(ns.index, {
    family: 4,
    destination: packet.src,
    source: packet.dst,
    inDevice: device,
    outDevice: null,
    mark: 0,
  })
  if (back.kind !== 'forward' || back.device !== device || back.via !== null) return
  const nextHop = route.via ?? packet.dst
  const why = `${packet.src} could have sent to ${nextHop} by itself, so it is told (ICMP redirect); the packet goes on all the same.`
  note(journey, ns, packet.src, answerError(ns, skb, 'redirect', null, why))
}

function note({ world }: Journey, ns: PreparedNamespace, sender: string, redirect: Answer | null): void {
  const { redirects, redirected } = world
  const key = `${ns.netns.id} ${sender}`
  if (redirect === null || redirected.has(key)) return
  redirected.add(key)
  redirects.push(redirect)
}

/** Discovery, which redirects are a part of, is believed only where no router was in between (RFC 4861). */
const HOP_LIMIT = 255

/**
 * The same for IPv6, where nothing turns it off: the destination is on the link of the sender, who is told from the device's
 * address of the link (linux:net/ipv6/ip6_output.c ip6_forward, ndisc.c ndisc_send_redirect). A better router is told of only
 * by its own address of the link. Conntrack knows it for no part of a connection.
 *
 * Where br_netfilter has found the way to a translated destination, the kernel takes the packet for one that came in by the
 * device which it will leave by, and tells the sender that the destination is on its link, which it is not (ip6_input.c
 * ip6_rcv_core: `iif` is that of the route).
 */
function sendRedirect6(
  journey: Journey,
  ns: PreparedNamespace,
  { device, skb, translated }: Arrived,
  route: Forwarded,
): void {
  const { packet } = skb
  if ((route.device !== device && translated !== true) || (route.via !== null && !route.via.startsWith('fe80:'))) return
  const own = ns.index.interfaces.get(device)?.addresses.filter((entry) => entry.family === 6 && entry.scope === 'link')
  const source = own?.findLast((entry) => entry.tentative !== true)?.address
  const query = { family: 6, source: source ?? null, inDevice: 'lo', outDevice: null, mark: 0 } as const
  const back = lookupRoute(ns.index, { ...query, destination: packet.src })
  if (source === undefined || back.kind !== 'forward' || back.via !== null) return
  const why = `${packet.src} could have sent to ${route.via ?? packet.dst} by itself, so it is told (ICMPv6 redirect); the packet goes on all the same.`
  const told = answerError(ns, skb, 'redirect', source, why)
  if (told?.kind !== 'local') return
  const length = redirectLength(packet.length, knowsMac(ns, route, packet.dst))
  const redirect = { packet: { ...told.skb.packet, ttl: HOP_LIMIT, length }, mark: 0, conntrack: null }
  note(journey, ns, packet.src, { ...told, skb: redirect })
}

/** The IPv6 header; the redirect's own with both addresses; the option with the MAC of whom it tells. */
const REDIRECT_HEADERS = 40 + 40
const MAC_OPTION = 8
/** No redirect is longer: the smallest MTU of IPv6. */
const LONGEST = 1280

/** What it is about is an option, whose length is in units of eight bytes (linux:net/ipv6/ndisc.c ndisc_send_redirect). */
function redirectLength(about: number, withMac: boolean): number {
  const fixed = REDIRECT_HEADERS + (withMac ? MAC_OPTION : 0)
  return fixed + (Math.min(LONGEST - fixed, about + 8) & ~7)
}

/** An entry that failed, or whose question is not answered yet, has no MAC to tell. */
function knowsMac({ index }: PreparedNamespace, { device, via }: Forwarded, destination: string): boolean {
  const entry = index.neighbors.get(`${device} ${via ?? destination}`)
  return entry !== undefined && entry.mac !== null && entry.state !== 'failed' && entry.state !== 'incomplete'
}

function tellsOf(ns: PreparedNamespace, device: string, source: string, gateway: string | null): boolean {
  if (readMaxConf(ns.netns, device, 'send_redirects') === 0) return false
  if (readMaxConf(ns.netns, device, 'shared_media') > 0) return true
  const subnets = ns.index.interfaces.get(device)?.addresses.filter((entry) => entry.family === 4) ?? []
  return subnets.some((entry) => {
    const prefix = compilePrefix(`${entry.address}/${entry.prefixLength}`)
    return contains(prefix, toBits(source)) && (gateway === null || contains(prefix, toBits(gateway)))
  })
}
