import type { Interface } from '../host/interface.ts'
import type { NetNamespace } from '../host/namespace.ts'
import type { FdbEntry, Neighbor } from '../host/neighbor.ts'
import { indexRoutes, type RouteIndex } from './index-routes.ts'

/** One namespace, indexed for forwarding. Made once for a host state and never changed. */
export interface ForwardIndex {
  readonly netns: NetNamespace
  readonly interfaces: ReadonlyMap<string, Interface>
  /** Address text to the device that has it. */
  readonly addresses: ReadonlyMap<string, string>
  /** Broadcast addresses of the namespace's own subnets. */
  readonly routes: RouteIndex
  /** `device address` to neighbour. */
  readonly neighbors: ReadonlyMap<string, Neighbor>
  /** Ports of each bridge, newest device first, as the kernel's port list is (linux:net/bridge/br_if.c new_nbp). */
  readonly ports: ReadonlyMap<string, readonly Interface[]>
  /** `bridge mac` to the port behind which the MAC was seen. */
  readonly fdb: ReadonlyMap<string, FdbEntry>
}

/** Returns the index of a namespace. Devices without a name clash are assumed: the kernel forbids one. */
export function indexNamespace(netns: NetNamespace): ForwardIndex {
  return {
    netns,
    interfaces: new Map(netns.interfaces.map((device) => [device.name, device])),
    addresses: indexAddresses(netns),
    routes: indexRoutes(netns.routes, netns.policyRules),
    neighbors: new Map(netns.neighbors.map((entry) => [`${entry.device} ${entry.address}`, entry])),
    ports: indexPorts(netns),
    fdb: indexFdb(netns),
  }
}

function indexAddresses(netns: NetNamespace): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>()
  for (const device of netns.interfaces) {
    for (const entry of device.addresses) {
      if (!addresses.has(entry.address)) addresses.set(entry.address, device.name)
    }
  }
  return addresses
}

function indexPorts(netns: NetNamespace): ReadonlyMap<string, readonly Interface[]> {
  const ports = new Map<string, Interface[]>()
  for (const device of netns.interfaces) {
    if (device.master === null) continue
    const list = ports.get(device.master)
    if (list === undefined) ports.set(device.master, [device])
    else list.push(device)
  }
  for (const list of ports.values()) list.sort((left, right) => right.index - left.index)
  return ports
}

function indexFdb(netns: NetNamespace): ReadonlyMap<string, FdbEntry> {
  const fdb = new Map<string, FdbEntry>()
  for (const entry of netns.fdb) {
    if (entry.master !== null) fdb.set(`${entry.master} ${entry.mac}`, entry)
  }
  return fdb
}
