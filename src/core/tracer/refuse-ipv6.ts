import { readSysctl } from '../forward/read-sysctl.ts'
import { isLinkLocal } from '../net/address.ts'
import type { Skb } from '../netfilter/hook.ts'
import { answerError } from './answer-error.ts'
import { addStep } from './hop-log.ts'
import { type Ending, end, type Journey } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'

/**
 * Returns the ending of an IPv6 packet that a device does not take at all, before any rule, or null
 * (linux:net/ipv6/ip6_input.c ip6_rcv_core).
 */
export function refuseDisabled(journey: Journey, ns: PreparedNamespace, device: string, skb: Skb): Ending | null {
  const { family, src, dst } = skb.packet
  if (family === 6 && device !== 'lo' && (src === '::1' || dst === '::1')) {
    const why = `${src === '::1' ? src : dst} is a loopback address and may not come in on ${device}.`
    addStep(journey.log, { kind: 'drop', reason: 'IP_INHDR', why })
    return end('dropped', why)
  }
  if (family === 4 || readSysctl(ns.netns, `ipv6/conf/${device}/disable_ipv6`, 0) === 0) return null
  const why = `IPv6 is off on ${device} of ${ns.netns.name} (disable_ipv6).`
  addStep(journey.log, { kind: 'drop', reason: 'IPV6DISABLED', why })
  return end('dropped', why)
}

/**
 * Returns the ending of a packet to be forwarded whose source is of the link alone, or null: no router takes it off the
 * link, and the sender is told so (linux:net/ipv6/ip6_output.c ip6_forward, ICMPV6_NOT_NEIGHBOUR). Where it would leave by
 * the device that it came in by, it is not looked at.
 */
export function refuseLinkLocal(
  journey: Journey,
  ns: PreparedNamespace,
  skb: Skb,
  { inDevice, outDevice }: { readonly inDevice: string; readonly outDevice: string },
): Ending | null {
  const { src, family } = skb.packet
  if (family === 4 || inDevice === outDevice || !isLinkLocal(src)) return null
  const why = `${src} is an address of the link of ${inDevice} alone: ${ns.netns.name} may not forward its packets.`
  addStep(journey.log, { kind: 'drop', reason: 'IPV6_BAD_SOURCE', why })
  return end(
    'dropped',
    why,
    answerError(ns, skb, 'beyond-scope', { inDevice }, 'The sender is told that its address ends here.'),
  )
}
