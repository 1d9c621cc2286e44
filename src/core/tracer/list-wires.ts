import type { Interface } from '../host/interface.ts'
import type { Step } from '../trace/step.ts'
import { NO_FIELDS } from './hop-log.ts'
import type { PreparedHost, PreparedNamespace } from './prepare-host.ts'

/** A device, its other end (null where that was not read), and the steps that every broadcast takes there. */
export interface Wire {
  readonly port: Interface
  readonly far: FarEnd | null
  /** A bridge's copy goes out of the port. */
  readonly leaves: Step
}

export interface FarEnd {
  readonly ns: PreparedNamespace
  readonly device: Interface
  readonly enters: Step
}

const known = new WeakMap<PreparedNamespace, Map<string, readonly Wire[]>>()

/** Returns the ports of a bridge with what is behind them, newest first as the kernel has them; made once for a host. */
export function listWires(host: PreparedHost, ns: PreparedNamespace, bridge: Interface): readonly Wire[] {
  let bridges = known.get(ns)
  if (bridges === undefined) known.set(ns, (bridges = new Map()))
  let wires = bridges.get(bridge.name)
  if (wires === undefined) {
    wires = (ns.index.ports.get(bridge.name) ?? []).map((port) => followWire(host, port))
    bridges.set(bridge.name, wires)
  }
  return wires
}

/** Returns a device with its other end. */
export function followWire(host: PreparedHost, port: Interface): Wire {
  const why = 'One copy of the question.'
  const leaves: Step = { kind: 'exit', device: port.name, diff: NO_FIELDS, why, evidence: host.evidence }
  return { port, far: findFarEnd(host, port), leaves }
}

function findFarEnd(host: PreparedHost, { peer }: Interface): FarEnd | null {
  const ns = peer === null ? null : host.namespace(peer.namespace)
  const device = ns?.index.interfaces.get(peer?.device ?? '')
  if (ns === null || device === undefined) return null
  const why = `The question reaches ${device.name} of ${ns.netns.name}.`
  const enters: Step = { kind: 'enter', device: device.name, diff: NO_FIELDS, why, evidence: host.evidence }
  return { ns, device, enters }
}
