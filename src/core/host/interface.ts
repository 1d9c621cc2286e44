/** What a network device is, from `ip -d link`'s `linkinfo.info_kind` (`physical` where the kernel gives no kind). */
export type InterfaceKind =
  | 'loopback'
  | 'veth'
  | 'bridge'
  | 'physical'
  | 'macvlan'
  | 'ipvlan'
  | 'vxlan'
  | 'dummy'
  | 'tun'
  | 'vlan'
  | 'bond'
  | 'other'

/** One address on a device. `primary` is false for addresses that the kernel flags as secondary. */
export interface InterfaceAddress {
  readonly family: 4 | 6
  readonly address: string
  readonly prefixLength: number
  readonly scope: 'global' | 'link' | 'host' | 'site'
  readonly primary: boolean
  readonly broadcast?: string
  readonly peer?: string
  readonly tentative?: boolean
  /** Past its preferred lifetime: still answered for, no longer chosen for new connections. */
  readonly deprecated?: boolean
}

/** Settings of a bridge device. */
export interface BridgeSettings {
  readonly vlanFiltering: boolean
  readonly nfCallIptables: boolean
  readonly nfCallIp6tables: boolean
  readonly ageingSeconds: number
}

/** Settings of a device as a port of a bridge (`bridge -d link`). */
export interface BridgePortSettings {
  readonly state: 'forwarding' | 'disabled' | 'listening' | 'learning' | 'blocking'
  readonly hairpin: boolean
  readonly learning: boolean
  readonly flood: boolean
  readonly isolated: boolean
}

/** Another device, once found: namespace id and device name there. */
export interface PeerRef {
  readonly namespace: string
  readonly device: string
}

/**
 * A network device in one namespace. `operState` UNKNOWN counts as up (loopback has no other), `carrier` is false for
 * LOWERLAYERDOWN and NO-CARRIER. `peer` is null for a veth whose other end was not found in any namespace that was
 * read, which is a gap and not a fact about the kernel.
 */
export interface Interface {
  readonly index: number
  readonly name: string
  readonly kind: InterfaceKind
  readonly mac: string | null
  readonly mtu: number
  readonly up: boolean
  readonly carrier: boolean
  readonly operState: string
  readonly master: string | null
  readonly addresses: readonly InterfaceAddress[]
  readonly peer: PeerRef | null
  readonly bridge?: BridgeSettings
  readonly port?: BridgePortSettings
  /** macvlan, ipvlan and bond mode, vxlan id, or the parent device's index: what `ip -d link` tells of that kind. */
  readonly parentIndex?: number
  readonly mode?: string
  readonly vxlanId?: number
  readonly vlanId?: number
  /** Whom an ipvlan device may talk to beside it: nobody (`private`), or only by way of the switch (`vepa`). */
  readonly apart?: 'private' | 'vepa'
  /** The port that a bond of mode active-backup uses. */
  readonly activeSlave?: string
  /** The device that a macvlan, ipvlan or vlan device sits on, wherever it is; missing where it was not found. */
  readonly parent?: PeerRef
}
