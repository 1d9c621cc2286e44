import type { Interface } from '../host/interface.ts'
import type { Packet } from '../net/packet.ts'
import type { Skb } from '../netfilter/hook.ts'
import type { Evidence } from '../trace/evidence.ts'
import { findMute } from './find-outlet.ts'
import { cutFor } from './fragments.ts'
import { addStep } from './hop-log.ts'
import { type Ending, end, type Journey, type Place } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'

const ASSUMED: Evidence = { basis: 'assumed', note: 'machines outside are not part of the host state' }

/** Where a frame from outside comes in: a NIC, and the VLAN that it is in there. */
export interface Entry {
  readonly ns: PreparedNamespace
  readonly device: string
  readonly tag?: number
}

/**
 * A frame from outside comes in on a NIC. Machines on its link are assumed to have its MTU: what may be fragmented comes
 * in pieces, what may not cannot be sent at all.
 */
export function enterHost(journey: Journey, { ns, device, tag }: Entry, skb: Skb): Place {
  const nic = ns.index.interfaces.get(device)
  const mute =
    nic === undefined ? null : findMute(journey.world.host, { ns, device: nic, tag: tag ?? null }, skb.packet)
  if (mute !== null) return askMute(journey, mute, skb.packet)
  const mtu = nic?.mtu ?? 65535
  if (skb.packet.length > mtu && skb.packet.dontFragment) {
    const why = `${skb.packet.length} bytes do not fit the MTU of ${mtu} on the link of ${device}, and may not be fragmented.`
    addStep(journey.log, { kind: 'drop', reason: 'PKT_TOO_BIG', evidence: ASSUMED, why })
    return end('too-big', why)
  }
  cutFor(journey, skb, mtu)
  const arrived = { at: 'arrive', ns, device, skb } as const
  return tag === undefined ? arrived : { ...arrived, tag }
}

/** The frame never comes: who would send it gets no answer to its ARP. */
function askMute(journey: Journey, { name, mode }: Interface, { src, dst }: Packet): Ending {
  const why = `${src} asks on the wire who has ${dst}: ${name} does, which as an ipvlan device in mode ${mode} answers no ARP.`
  const step = { kind: 'neighbor', address: dst, device: 'external', mac: null, state: 'failed' } as const
  addStep(journey.log, { ...step, evidence: ASSUMED, why })
  return end('neighbor-unreachable', why)
}
