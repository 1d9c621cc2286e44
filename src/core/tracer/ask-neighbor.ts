import type { Interface } from '../host/interface.ts'
import type { Neighbor } from '../host/neighbor.ts'
import type { Packet } from '../net/packet.ts'
import { exchangeArp } from './exchange-arp.ts'
import { findOnWire, findOutlet, findPassthru } from './find-outlet.ts'
import type { PreparedHost, PreparedNamespace } from './prepare-host.ts'
import type { World } from './world.ts'

/** What is known of a neighbour. `mac` is null when nobody answers, and for a machine outside that is assumed to answer. */
export interface FoundNeighbor {
  readonly answers: 'yes' | 'no' | 'unknown'
  readonly mac: string | null
  readonly state: string
  readonly why: string
  readonly assumed: boolean
  /** The table was sure of it; what was asked just now is not yet. */
  readonly connected: boolean
}

/** States in which the kernel sends to an entry's MAC without asking first (linux:include/net/neighbour.h NUD_VALID). */
const VALID: readonly Neighbor['state'][] = ['reachable', 'stale', 'delay', 'probe', 'permanent', 'noarp']

/** States of which the kernel is sure (NUD_CONNECTED). */
const CONNECTED: readonly Neighbor['state'][] = ['reachable', 'permanent', 'noarp']

/** An entry goes from reachable to stale and back by itself, every few seconds; the packet goes the same way. */
function settledState(state: Neighbor['state']): string {
  return state === 'permanent' || state === 'noarp' ? state : 'valid'
}

/**
 * Returns the MAC of a neighbour: from the table, from what this conversation has learned, else by asking on the wire,
 * which is written to the world as an exchange of its own.
 */
export function askNeighbor(
  world: World,
  ns: PreparedNamespace,
  device: string,
  address: string,
  about: Packet,
): FoundNeighbor {
  const key = `${ns.netns.id} ${device} ${address}`
  const learned = world.neighbors.get(key)
  if (typeof learned === 'string') return answered(learned, `${address} has just answered on ${device}.`)
  const entry = ns.index.neighbors.get(`${device} ${address}`)
  if (learned === undefined && entry !== undefined && entry.mac !== null && VALID.includes(entry.state))
    return {
      answers: 'yes',
      mac: entry.mac,
      state: settledState(entry.state),
      why: `The neighbour table has ${address} on ${device} at ${entry.mac}.`,
      assumed: false,
      connected: CONNECTED.includes(entry.state),
    }
  if (learned === null) return silent(address, device)
  const outside = askOutside(world.host, ns, device, address, entry)
  if (outside !== null) return outside
  const result = exchangeArp(world, ns, device, address, about)
  if (result.kind === 'unknown')
    return { answers: 'unknown', mac: null, state: 'none', why: result.what, assumed: false, connected: false }
  const mac = result.kind === 'answer' ? result.mac : null
  world.neighbors.set(key, mac)
  if (mac === null) return silent(address, device)
  return answered(mac, `${address} answered on ${device}: it is at ${mac}.`)
}

function answered(mac: string, why: string): FoundNeighbor {
  return { answers: 'yes', mac, state: 'valid', why, assumed: false, connected: false }
}

function silent(address: string, device: string): FoundNeighbor {
  return {
    answers: 'no',
    mac: null,
    state: 'failed',
    why: `Nobody on ${device} answers for ${address}.`,
    assumed: false,
    connected: false,
  }
}

/** ipvlan in modes l3 and l3s has no link layer of its own (IFF_NOARP): every address is at its own MAC. */
function unasked({ name, mac, mode }: Interface): FoundNeighbor {
  const why = `${name} is an ipvlan device in mode ${mode}: it asks nobody, the namespace of its parent finds the way.`
  return { answers: 'yes', mac, state: 'noarp', why, assumed: false, connected: true }
}

function robbed(passthru: Interface, address: string, device: string): FoundNeighbor {
  const why = `${passthru.name} (macvlan, passthru) has all that comes in on ${device}: the answer of ${address}, too.`
  return { answers: 'no', mac: null, state: 'failed', why, assumed: false, connected: false }
}

/**
 * Machines outside cannot be asked: one that has failed before is taken as gone, any other is assumed to answer. What is on
 * the same wire by this host is no machine outside, and is asked.
 */
function askOutside(
  host: PreparedHost,
  ns: PreparedNamespace,
  deviceName: string,
  address: string,
  entry: Neighbor | undefined,
): FoundNeighbor | null {
  const device = ns.index.interfaces.get(deviceName)
  if (device === undefined || device.kind === 'bridge') return null
  if (device.kind === 'ipvlan' && device.mode !== 'l2') return unasked(device)
  const outlet = findOutlet(host, ns, device)
  if (outlet === null || findOnWire(host, outlet, address) !== null) return null
  const passthru = findPassthru(host, outlet)
  if (passthru !== null && passthru !== device) return robbed(passthru, address, deviceName)
  if (entry?.state === 'failed' || entry?.state === 'incomplete')
    return {
      answers: 'no',
      mac: null,
      state: entry.state,
      why: `When the host was read, ${address} had not answered on ${deviceName} (${entry.state}).`,
      assumed: false,
      connected: false,
    }
  return {
    answers: 'yes',
    mac: null,
    state: 'none',
    why: `${address} is not in the neighbour table of ${deviceName}; it is assumed to answer.`,
    assumed: true,
    connected: false,
  }
}
