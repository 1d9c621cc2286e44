import { lookupRoute, type RouteDecision } from '../forward/lookup-route.ts'
import { readMaxConf } from '../forward/read-sysctl.ts'
import { compilePrefix, contains, toBits } from '../forward/compile-prefix.ts'
import type { Skb } from '../netfilter/hook.ts'
import { answerError } from './answer-error.ts'
import type { Journey } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'

type Forwarded = Extract<RouteDecision, { kind: 'forward' }>

/**
 * Notes that the sender is told of a shorter way, where an IPv4 packet leaves by the device that it came in by and the sender is
 * on that link itself. The packet goes on. The kernel tells each sender less and less often, and never twice in a
 * moment: once a conversation (linux:net/ipv4/route.c __mkroute_input, ip_rt_send_redirect).
 */
export function sendRedirect(
  journey: Journey,
  ns: PreparedNamespace,
  device: string,
  skb: Skb,
  route: Forwarded,
): void {
  const { packet } = skb
  if (packet.family !== 4 || route.device !== device || !tellsOf(ns, device, packet.src, route.via)) return
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
  const redirect = answerError(ns, skb, 'redirect', null, why)
  const { redirects, redirected } = journey.world
  const key = `${ns.netns.id} ${packet.src}`
  if (redirect === null || redirected.has(key)) return
  redirected.add(key)
  redirects.push(redirect)
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
