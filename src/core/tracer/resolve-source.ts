import { lookupRoute } from '../forward/lookup-route.ts'
import { isLinkLocal } from '../net/address.ts'
import type { Container } from '../host/container.ts'
import { findContainer, namespaceOf, unknownContainer } from './find-container.ts'
import { findOutlet } from './find-outlet.ts'
import { type Found, found, problem } from './flow-problem.ts'
import { isEdge } from './hop-log.ts'
import { findUplink } from './host-address.ts'
import type { EndSpec } from './parse-end.ts'
import type { PreparedHost, PreparedNamespace } from './prepare-host.ts'

/** Who asks. `address` is set where the flow names one. */
export type Source =
  | {
      readonly kind: 'inside'
      readonly ns: PreparedNamespace
      readonly container: Container | null
      readonly address: string | null
      /** The device of a link-local `address`. */
      readonly link?: string
      readonly label: string
    }
  | {
      readonly kind: 'outside'
      readonly ns: PreparedNamespace
      readonly device: string
      readonly address: string
      readonly mac: string | null
      /** The VLAN that its frames are in, on that device. */
      readonly tag?: number
      readonly label: string
    }

/** Returns who an end is as the sender: a container, the host, a machine outside, or whoever has an address. */
export function resolveSource(host: PreparedHost, spec: EndSpec): Found<Source> {
  switch (spec.kind) {
    case 'host':
      return found({ kind: 'inside', ns: host.root, container: null, address: null, label: 'host' })
    case 'external':
      return spec.address !== null && isLinkLocal(spec.address)
        ? resolveOnLink(host, spec.address, spec.link)
        : resolveOutside(host, spec.address)
    case 'address':
      return resolveOwner(host, spec.address, spec.link)
    case 'name': {
      const container = findContainer(host, spec.name)
      if (container === null) return unknownContainer(host, spec.name)
      const ns = namespaceOf(host, container)
      if (!ns.ok) return ns
      return found({ kind: 'inside', ns: ns.value, container, address: null, label: container.name })
    }
    default:
      return spec satisfies never
  }
}

/** An address belongs to the namespace that has it; one that nobody has is taken for a machine outside. */
function resolveOwner(host: PreparedHost, address: string, link: string | undefined): Found<Source> {
  if (isLinkLocal(address) && !hasOnLink(host.root, address, link)) return resolveOnLink(host, address, link)
  if (host.root.index.addresses.has(address))
    return found({
      kind: 'inside',
      ns: host.root,
      container: null,
      address,
      label: 'host',
      ...(link === undefined ? {} : { link }),
    })
  const container = host.state.containers.find((each) =>
    each.endpoints.some((endpoint) => endpoint.ipv4 === address || endpoint.ipv6 === address),
  )
  if (container === undefined) return resolveOutside(host, address)
  const ns = namespaceOf(host, container)
  if (!ns.ok) return ns
  return found({ kind: 'inside', ns: ns.value, container, address, label: container.name })
}

function hasOnLink({ index }: PreparedNamespace, address: string, link: string | undefined): boolean {
  return link !== undefined && index.interfaces.get(link)?.addresses.some((each) => each.address === address) === true
}

/** A machine of the link of a NIC, by an address that says nothing of which link. */
function resolveOnLink(host: PreparedHost, address: string, link: string | undefined): Found<Source> {
  const ns = host.root
  if (link === undefined)
    return problem('bad-flow', `${address} may be on any link`, `name the host's NIC that leads to it: ${address}%ens5`)
  const device = ns.index.interfaces.get(link)
  if (device === undefined) return problem('unknown-endpoint', `the host has no device ${link}`)
  if (!isEdge(device) || device.master !== null)
    return problem(
      'unknown-endpoint',
      `${address}%${link} is neither the host's own address nor on the link of a NIC`,
      'a container as the sender is written by its name',
    )
  const mac = ns.index.neighbors.get(`${link} ${address}`)?.mac ?? null
  return found({ kind: 'outside', ns, device: link, address, mac, label: `external:${address}%${link}` })
}

/** A machine outside enters by the NIC whose subnet, or else whose route, leads back to it. */
function resolveOutside(host: PreparedHost, wanted: string | null): Found<Source> {
  const ns = host.root
  const uplink = findUplink(ns, wanted?.includes(':') === true ? 6 : 4)
  const address = wanted ?? uplink?.gateway ?? null
  if (address === null)
    return problem('unknown-endpoint', 'no machine outside is known', 'name one: external:198.51.100.7')
  const family = address.includes(':') ? 6 : 4
  const query = { family, destination: address, source: null, inDevice: 'lo', outDevice: null, mark: 0 } as const
  const back = lookupRoute(ns.index, query)
  const device = back.kind === 'forward' ? ns.index.interfaces.get(back.device) : uplink?.device
  const outlet = device === undefined || isEdge(device) ? null : findOutlet(host, ns, device)
  if (
    device === undefined ||
    (back.kind === 'forward' && device.kind !== 'veth' && !isEdge(device) && outlet === null) ||
    device.master !== null
  )
    return problem(
      'unknown-endpoint',
      `${address} cannot be a machine outside: the host reaches it by ${device?.name ?? 'no device'}, which is no NIC`,
    )
  const macOf = (neighbor: string): string | null => ns.index.neighbors.get(`${device.name} ${neighbor}`)?.mac ?? null
  // Where the host refuses to send there, frames still come by the router, unless the machine is on the link itself.
  const mac =
    back.kind === 'forward' ? macOf(back.via ?? address) : (macOf(address) ?? macOf(uplink?.gateway ?? address))
  const source = { kind: 'outside', ns, device: outlet?.device.name ?? device.name, address, mac } as const
  const label = `external:${address}`
  const tag = outlet?.tag ?? null
  if (outlet === null || tag === null) return found({ ...source, ns: outlet?.ns ?? ns, label })
  return found({ ...source, ns: outlet.ns, label, tag })
}
