import { callsIptables } from '../forward/read-sysctl.ts'
import type { Interface } from '../host/interface.ts'
import type { Packet } from '../net/packet.ts'
import { type HopLog, openHop } from './hop-log.ts'
import type { PreparedNamespace } from './prepare-host.ts'
import { type HookVisit, runHook } from './run-hook.ts'
import type { World } from './world.ts'

/** Who asks, or answers: the world and the hops that are being written. */
export interface Discovery {
  readonly world: World
  readonly log: HopLog
  readonly packet: Packet
}

/**
 * Tells whether neighbour discovery gets through some hooks, whose rules are written to the hops. It is IPv6 like any other,
 * so rules see it, on bridges too (linux:net/ipv6/ndisc.c ndisc_send_skb). ARP never meets them: callers let it by before
 * they ask.
 */
function passes(
  { world, log, packet }: Discovery,
  ns: PreparedNamespace,
  visits: readonly Omit<HookVisit, 'skb'>[],
): boolean {
  const journey = { world, log, expected: null, entry: null }
  const packetType = packet.destinationMac?.startsWith('33:33') === true ? 'multicast' : 'unicast'
  const skb = { packet, mark: 0, conntrack: null }
  return visits.every((visit) => runHook(journey, ns, { packetType, ...visit, skb }).passed)
}

/** The way out of the stack: OUTPUT and POSTROUTING. */
export function leavesStack(discovery: Discovery, ns: PreparedNamespace, device: Interface): boolean {
  if (discovery.packet.family === 4) return true
  return passes(discovery, ns, [
    { hook: 'output', outDevice: device.name },
    { hook: 'postrouting', outDevice: device.name, nextHop: discovery.packet.dst },
  ])
}

/** Into a bridge by one of its ports: PREROUTING, where bridged frames are shown to rules. */
export function entersBridge(discovery: Discovery, ns: PreparedNamespace, bridge: Interface, port: Interface): boolean {
  if (discovery.packet.family === 4 || !callsIptables(ns.netns, 6, bridge.bridge)) return true
  return passes(discovery, ns, [{ hook: 'prerouting', inDevice: bridge.name, physIn: port.name }])
}

/** From one port of a bridge to another: FORWARD and POSTROUTING, where bridged frames are shown to rules. */
export function crossesBridge(
  discovery: Discovery,
  ns: PreparedNamespace,
  bridge: Interface,
  ports: { readonly from: Interface; readonly to: Interface },
): boolean {
  if (discovery.packet.family === 4 || !callsIptables(ns.netns, 6, bridge.bridge)) return true
  const both = { physIn: ports.from.name, physOut: ports.to.name }
  return passes(discovery, ns, [
    { hook: 'forward', inDevice: bridge.name, outDevice: bridge.name, ...both },
    { hook: 'postrouting', outDevice: bridge.name, ...both },
  ])
}

/** Up the stack of a namespace: PREROUTING, unless the bridge has run it, and INPUT where the group or address is its own. */
export function entersStack(
  discovery: Discovery,
  ns: PreparedNamespace,
  device: Interface,
  how: { readonly listens: boolean; readonly port: Interface | null },
): boolean {
  if (discovery.packet.family === 4) return true
  const bridged = how.port !== null && callsIptables(ns.netns, 6, device.bridge)
  const physIn = bridged ? (how.port?.name ?? null) : null
  const pre = bridged ? [] : [{ hook: 'prerouting', inDevice: device.name } as const]
  if (!bridged || how.listens) openHop(discovery.log, ns.netns.name, null, 'stack', discovery.packet)
  const input = how.listens ? [{ hook: 'input', inDevice: device.name, physIn } as const] : []
  return passes(discovery, ns, [...pre, ...input])
}
