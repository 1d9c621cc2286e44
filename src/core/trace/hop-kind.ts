import type { Interface } from '../host/interface.ts'
import type { HopKind } from './trace-report.ts'

/** Returns what part of the picture a device is. A veth that leads out of what was read is a NIC to the reader. */
export function hopKind(device: Interface): HopKind {
  switch (device.kind) {
    case 'loopback':
      return 'loopback'
    case 'veth':
      return isEdge(device) ? 'nic' : 'veth'
    case 'bridge':
      return 'bridge'
    case 'physical':
      return 'nic'
    case 'vxlan':
    case 'tun':
      return 'tunnel'
    case 'macvlan':
    case 'ipvlan':
    case 'dummy':
    case 'vlan':
    case 'bond':
    case 'other':
      return 'interface'
    default:
      return device.kind satisfies never
  }
}

/**
 * Tells whether a device is a wire to machines that are not in the host state: a physical NIC, or a veth with an address
 * of its own whose other end is in no namespace that was read (the NIC of a host that is itself a container).
 */
export function isEdge(device: Interface): boolean {
  if (device.kind === 'physical') return true
  return device.kind === 'veth' && device.peer === null && device.master === null && device.addresses.length > 0
}
