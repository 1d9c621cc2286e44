import type { Interface, InterfaceKind, PeerRef } from '../host/interface.ts'
import type { RawInterface } from './ip-addr.ts'

/** The devices of one namespace, and the ids that it gives to others (null where they could not be read). */
export interface StackedNamespace {
  readonly id: string
  readonly interfaces: readonly RawInterface[]
  readonly netnsIds: ReadonlyMap<number, string> | null
}

const STACKED: readonly InterfaceKind[] = ['macvlan', 'ipvlan', 'vlan']

/** Tells whether a device sits on another one, which decides where its frames go. */
export function isStacked(device: Interface): boolean {
  return STACKED.includes(device.kind)
}

/**
 * Returns the parents of macvlan, ipvlan and vlan devices by `namespace index`. A parent in the same namespace is named
 * (linux: IFLA_LINK); one in another has an ifindex there and an id of that namespace that only the device's own one
 * knows. Without the ids, the one device elsewhere of that index is taken; where there are several, none.
 */
export function findParents(namespaces: readonly StackedNamespace[]): ReadonlyMap<string, PeerRef> {
  const parents = new Map<string, PeerRef>()
  for (const namespace of namespaces) {
    for (const raw of namespace.interfaces) {
      if (!isStacked(raw.device)) continue
      const parent = findParent(namespaces, namespace, raw)
      if (parent !== null) parents.set(`${namespace.id} ${raw.device.index}`, parent)
    }
  }
  return parents
}

function findParent(
  namespaces: readonly StackedNamespace[],
  own: StackedNamespace,
  { end }: RawInterface,
): PeerRef | null {
  if (end.netnsId === null) return refTo(own, ({ name, index }) => name === end.peerName || index === end.index)
  const known = own.netnsIds
  if (known !== null) {
    const there = namespaces.find(({ id }) => id === known.get(end.netnsId ?? -1))
    return there === undefined ? null : refTo(there, ({ index }) => index === end.index)
  }
  const fitting = namespaces.flatMap((other) => {
    const found = other === own ? null : refTo(other, ({ index, kind }) => index === end.index && kind !== 'loopback')
    return found === null ? [] : [found]
  })
  const [only, ...more] = fitting
  return only !== undefined && more.length === 0 ? only : null
}

function refTo({ id, interfaces }: StackedNamespace, fits: (device: Interface) => boolean): PeerRef | null {
  const found = interfaces.find(({ device }) => fits(device))
  return found === undefined ? null : { namespace: id, device: found.device.name }
}
