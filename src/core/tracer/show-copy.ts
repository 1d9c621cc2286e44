import type { Interface } from '../host/interface.ts'
import type { Packet } from '../net/packet.ts'
import { addFrame, addStep, type HopLog, openDevice } from './hop-log.ts'
import type { PreparedNamespace } from './prepare-host.ts'
import type { World } from './world.ts'

/** Writes the copy of a flooded frame that leaves by a port whose far end is not the one addressed, and that ignores it. */
export function showCopy(
  { world, log }: { readonly world: World; readonly log: HopLog },
  ns: PreparedNamespace,
  port: Interface,
  packet: Packet,
): void {
  openDevice(log, ns.netns.name, port, packet)
  addFrame(log, 'out', packet)
  addStep(log, { kind: 'exit', device: port.name, why: 'A flooded copy: the far end is not the one addressed.' })
  const far = port.peer === null ? null : world.host.namespace(port.peer.namespace)
  const device = far?.index.interfaces.get(port.peer?.device ?? '')
  if (far === null || far === undefined || device === undefined) return
  openDevice(log, far.netns.name, device, packet)
  addFrame(log, 'in', packet)
  const why = `The frame is for ${packet.destinationMac}, not for ${device.mac}: this copy is ignored.`
  addStep(log, { kind: 'drop', reason: 'OTHERHOST', why })
}
