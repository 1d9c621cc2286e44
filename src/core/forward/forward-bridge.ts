import type { Interface } from '../host/interface.ts'
import type { ForwardIndex } from './forward-index.ts'

/** A frame on a bridge. `fromPort` is null for one that the host itself sends on the bridge device. */
export interface BridgeFrame {
  readonly bridge: Interface
  readonly fromPort: Interface | null
  readonly destinationMac: string
}

/** Where the bridge takes a frame. `ports` may be empty: then nobody gets it. */
export type BridgeDecision =
  | { readonly kind: 'local'; readonly why: string }
  | { readonly kind: 'forward'; readonly port: Interface; readonly why: string }
  | { readonly kind: 'flood'; readonly ports: readonly Interface[]; readonly local: boolean; readonly why: string }
  | { readonly kind: 'drop'; readonly why: string }

/** Returns whether a MAC is a group address (broadcast or multicast). */
export function isGroupMac(mac: string): boolean {
  return (Number.parseInt(mac.slice(1, 2), 16) & 1) === 1
}

/**
 * Returns where a bridge takes a frame: up to its own host for its own MACs, to the port of the forwarding database, else
 * to every port (linux:net/bridge/br_input.c br_handle_frame_finish, br_device.c br_dev_xmit). `learned` holds what the
 * conversation itself has taught the bridge (`bridge mac` to port), which is newer than what was read.
 */
export function forwardBridge(
  index: ForwardIndex,
  frame: BridgeFrame,
  learned: ReadonlyMap<string, string>,
): BridgeDecision {
  const { bridge, destinationMac } = frame
  const ports = index.ports.get(bridge.name) ?? []
  if (isGroupMac(destinationMac))
    return {
      kind: 'flood',
      ports: ports.filter((port) => mayDeliver(frame, port)),
      local: true,
      why: 'A broadcast goes to every port.',
    }
  if (destinationMac === bridge.mac || ports.some((port) => port.mac === destinationMac))
    return { kind: 'local', why: `The frame is addressed to ${bridge.name} itself, so the host takes it.` }
  const key = `${bridge.name} ${destinationMac}`
  const behind = learned.get(key) ?? index.fdb.get(key)?.device
  const port = ports.find((candidate) => candidate.name === behind)
  if (port === undefined) {
    const flooded = ports.filter((candidate) => mayDeliver(frame, candidate) && candidate.port?.flood !== false)
    return {
      kind: 'flood',
      ports: flooded,
      local: false,
      why: `${bridge.name} does not know behind which port ${destinationMac} is, so it sends a copy to every port.`,
    }
  }
  const refusal = refusePort(frame, port)
  if (refusal !== null) return { kind: 'drop', why: refusal }
  return { kind: 'forward', port, why: `${bridge.name} has seen ${destinationMac} behind ${port.name}.` }
}

function mayDeliver(frame: BridgeFrame, port: Interface): boolean {
  return refusePort(frame, port) === null
}

/** Returns why a bridge may not send a frame out of a port, or null (linux:net/bridge/br_forward.c should_deliver). */
function refusePort(frame: BridgeFrame, port: Interface): string | null {
  if (!port.up) return `Port ${port.name} is down.`
  if (port.port !== undefined && port.port.state !== 'forwarding') return `Port ${port.name} is ${port.port.state}.`
  if (frame.fromPort === null) return null
  if (port.name === frame.fromPort.name && port.port?.hairpin !== true)
    return `The frame would have to leave by ${port.name}, the port it came in by, and hairpin mode is off there.`
  if (port.port?.isolated === true && frame.fromPort.port?.isolated === true)
    return `Ports ${frame.fromPort.name} and ${port.name} are isolated from each other.`
  return null
}
