import { partShapes } from '../host/namespace-shapes.ts'
import { anything, object } from '../host/shape.ts'
import type { Interface, InterfaceAddress, InterfaceKind } from '../host/interface.ts'
import { type JsonRecord, mapJsonList, numberOf, recordOf, recordsOf, textOf, textsOf } from './json-value.ts'
import type { Parsed } from './problem.ts'

/**
 * Where a device says that its other end is. `netnsId` is an id that only the namespace it was read in knows; null means
 * this very namespace. `peerName` is given instead of the index where both ends share a namespace.
 */
export interface LinkEnd {
  readonly index: number | null
  readonly peerName: string | null
  readonly netnsId: number | null
}

/** A device before its veth peer was found and its bridge settings were completed. */
export interface RawInterface {
  readonly device: Interface
  readonly end: LinkEnd
}

const kinds: Readonly<Record<string, InterfaceKind>> = {
  veth: 'veth',
  bridge: 'bridge',
  macvlan: 'macvlan',
  ipvlan: 'ipvlan',
  vxlan: 'vxlan',
  dummy: 'dummy',
  tun: 'tun',
  vlan: 'vlan',
  bond: 'bond',
}

/**
 * Parses `ip -j -d addr show`: all devices with their addresses. `peer` is null in all of them: that takes the other
 * namespaces (pairVeths). A bridge's `nfCall...` are the device's own flags: the kernel ORs them with the namespace's
 * sysctls (net/bridge/br_netfilter_hooks.c, br_nf_pre_routing).
 */
export function parseIpAddr(text: string): Parsed<readonly RawInterface[] | null> {
  return mapJsonList(text, 'device', toInterface, object<RawInterface>({ device: partShapes.device, end: anything }))
}

function toInterface(record: JsonRecord): RawInterface | null {
  const index = numberOf(record, 'ifindex')
  const name = textOf(record, 'ifname')
  if (index === null || name === null) return null
  const flags = textsOf(record, 'flags')
  const operState = textOf(record, 'operstate') ?? 'UNKNOWN'
  const link = recordOf(record, 'linkinfo')
  const kind = kindOf(record, link)
  const device: Interface = {
    index,
    name,
    kind,
    mac: textOf(record, 'link_type') === 'none' ? null : textOf(record, 'address'),
    mtu: numberOf(record, 'mtu') ?? 0,
    up: flags.includes('UP'),
    // LOWER_UP is IFF_LOWER_UP, the carrier itself; ip prints NO-CARRIER only for a device that is up without it.
    carrier: flags.includes('LOWER_UP') && operState !== 'LOWERLAYERDOWN' && !flags.includes('NO-CARRIER'),
    operState,
    master: textOf(record, 'master'),
    addresses: recordsOf(record, 'addr_info').flatMap(toAddress),
    peer: null,
    ...kindDetails(record, kind, recordOf(link, 'info_data')),
  }
  return { device, end: endOf(record) }
}

function kindOf(record: JsonRecord, link: JsonRecord): InterfaceKind {
  if (textOf(record, 'link_type') === 'loopback') return 'loopback'
  const kind = textOf(link, 'info_kind')
  return kind === null ? 'physical' : (kinds[kind] ?? 'other')
}

/** `link` is a name in this namespace, `link_index` an index in the one that `link_netnsid` means. */
function endOf(record: JsonRecord): LinkEnd {
  return {
    index: numberOf(record, 'link_index'),
    peerName: textOf(record, 'link'),
    netnsId: numberOf(record, 'link_netnsid'),
  }
}

function kindDetails(record: JsonRecord, kind: InterfaceKind, data: JsonRecord): Partial<Interface> {
  if (kind === 'bridge') {
    const bridge = {
      vlanFiltering: numberOf(data, 'vlan_filtering') === 1,
      nfCallIptables: numberOf(data, 'nf_call_iptables') === 1,
      nfCallIp6tables: numberOf(data, 'nf_call_ip6tables') === 1,
      // The kernel counts in hundredths of a second (USER_HZ).
      ageingSeconds: (numberOf(data, 'ageing_time') ?? 30000) / 100,
    }
    return { bridge }
  }
  const parentIndex = numberOf(record, 'link_index')
  const mode = textOf(data, 'mode')
  const vxlanId = kind === 'vxlan' ? numberOf(data, 'id') : null
  return {
    ...(kind !== 'veth' && parentIndex !== null ? { parentIndex } : {}),
    ...(mode === null ? {} : { mode }),
    ...(vxlanId === null ? {} : { vxlanId }),
    ...stackedDetails(kind, data),
  }
}

function stackedDetails(kind: InterfaceKind, data: JsonRecord): Partial<Interface> {
  const vlanId = kind === 'vlan' ? numberOf(data, 'id') : null
  const activeSlave = kind === 'bond' ? textOf(data, 'active_slave') : null
  const apart = (['private', 'vepa'] as const).find((flag) => kind === 'ipvlan' && data[flag] === true)
  return {
    ...(vlanId === null ? {} : { vlanId }),
    ...(activeSlave === null ? {} : { activeSlave }),
    ...(apart === undefined ? {} : { apart }),
  }
}

/** Addresses of other families than IP (there are none today) are left out: the model has no place for them. */
function toAddress(record: JsonRecord): readonly InterfaceAddress[] {
  const family = textOf(record, 'family')
  // For a point-to-point address `local` is this end and `address` the other one.
  const address = textOf(record, 'local')
  const prefixLength = numberOf(record, 'prefixlen')
  if ((family !== 'inet' && family !== 'inet6') || address === null || prefixLength === null) return []
  const broadcast = textOf(record, 'broadcast')
  const peer = textOf(record, 'address')
  return [
    {
      family: family === 'inet' ? 4 : 6,
      address,
      prefixLength,
      scope: scopeOf(textOf(record, 'scope')),
      primary: record['secondary'] !== true,
      ...(broadcast === null ? {} : { broadcast }),
      ...(peer === null ? {} : { peer }),
      ...(record['tentative'] === true ? { tentative: true } : {}),
      ...(record['deprecated'] === true ? { deprecated: true } : {}),
    },
  ]
}

function scopeOf(scope: string | null): InterfaceAddress['scope'] {
  return scope === 'link' || scope === 'host' || scope === 'site' ? scope : 'global'
}
