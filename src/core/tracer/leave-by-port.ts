import type { Interface } from '../host/interface.ts'
import type { Skb } from '../netfilter/hook.ts'
import { largestPiece } from './fragments.ts'
import { addStep } from './hop-log.ts'
import { end, type Journey, type Place } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'
import { runHook } from './run-hook.ts'

/** A bridged frame about to leave by one port. `filtered`: br_netfilter hands it to the IP hooks. */
export interface PortExit {
  readonly bridge: Interface
  readonly skb: Skb
  readonly fromPort: Interface
  readonly toPort: Interface
  readonly filtered: boolean
  /** What the packet was cut for when it came in: put together for the hooks, it leaves cut the same way. */
  readonly cut: number | null
}

/** Room beyond a port's MTU: a VLAN tag (linux:net/core/dev.c is_skb_forwardable). */
const VLAN_ROOM = 4

/**
 * Takes a bridged frame through FORWARD (in and out are both the bridge) and POSTROUTING (no in device) to one port. No
 * routing, no TTL, no reverse path filter; a frame too large for the port vanishes after POSTROUTING
 * (linux:net/bridge/br_netfilter_hooks.c br_nf_forward_ip, br_nf_post_routing, net/bridge/br_forward.c).
 */
export function leaveByPort(journey: Journey, ns: PreparedNamespace, exit: PortExit): Place {
  const judged = exit.filtered ? judge(journey, ns, exit) : { skb: exit.skb }
  if ('place' in judged) return judged.place
  const { skb } = judged
  const { toPort } = exit
  cutForPort(journey, exit, skb)
  if (largestPiece(journey.log, skb.packet.length) > toPort.mtu + (exit.filtered ? 0 : VLAN_ROOM)) {
    const why = `${skb.packet.length} bytes exceed the MTU of ${toPort.mtu} on bridge port ${toPort.name}; a bridge drops such frames without a word.`
    addStep(journey.log, { kind: 'drop', reason: 'PKT_TOO_BIG', why })
    return end('too-big', why)
  }
  return { at: 'transmit', ns, device: toPort.name, skb }
}

/**
 * What br_netfilter joined it cuts again as it was; and an IPv4 packet that is too large for the port, and may be cut, it cuts
 * for the bridge's MTU. A bridge by itself never cuts (br_nf_dev_queue_xmit, br_nf_ip_fragment).
 */
function cutForPort(journey: Journey, { bridge, toPort, filtered, cut }: PortExit, { packet }: Skb): void {
  const cuts = filtered && packet.family === 4 && !packet.dontFragment && packet.length > toPort.mtu
  if (cut !== null) journey.log.cut = cut
  else if (cuts) journey.log.cut = bridge.mtu
}

function judge(
  journey: Journey,
  ns: PreparedNamespace,
  exit: PortExit,
): { readonly skb: Skb } | { readonly place: Place } {
  const { bridge, fromPort, toPort } = exit
  const physIn = fromPort.name
  const physOut = toPort.name
  const forward = runHook(journey, ns, {
    hook: 'forward',
    skb: exit.skb,
    inDevice: bridge.name,
    outDevice: bridge.name,
    physIn,
    physOut,
  })
  if (!forward.passed) return { place: forward.ending }
  const last = { hook: 'postrouting', skb: forward.skb, outDevice: bridge.name, physIn, physOut } as const
  const post = runHook(journey, ns, last)
  return post.passed ? { skb: post.skb } : { place: post.ending }
}
