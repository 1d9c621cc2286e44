import type { PortProtocol } from '../scene/port-spec.ts'
import type { Generation, Scene, SceneContainer, SceneEndpoint } from '../scene/scene.ts'

/** What a bridge network lets in: `com.docker.network.bridge.gateway_mode_ipv4` (27 and later). */
export type GatewayMode = 'nat' | 'nat-unprotected' | 'routed' | 'isolated'

/** One IP version of a network. `gateway` is the bridge's own address, null where it has none. */
export interface PlannedSubnet {
  readonly family: 4 | 6
  readonly prefix: string
  readonly length: number
  readonly gateway: string | null
  /** What the API tells of it: not what Docker chose in a subnet that the user wrote down. */
  readonly gatewayTold: string | null
  readonly ipRange: string | null
  readonly mode: GatewayMode
  /** `com.docker.network.host_ipv4`: the address that packets leave with instead of the route's. */
  readonly leaveAs: string | null
  /** Whether somebody wrote the subnet down; a container may then ask for an address. */
  readonly configured: boolean
}

export interface PlannedNetwork {
  readonly name: string
  readonly id: string
  readonly driver: 'bridge' | 'host' | 'null' | 'macvlan' | 'ipvlan'
  /** The bridge, or the device that a macvlan or ipvlan network sits on; null for `host` and `none`. */
  readonly device: string | null
  readonly isDefaultBridge: boolean
  readonly ipv4: PlannedSubnet | null
  readonly ipv6: PlannedSubnet | null
  readonly internal: boolean
  readonly attachable: boolean
  readonly icc: boolean
  readonly masquerade: boolean
  readonly mtu: number
  /** Where ports are bound that name no address; null is every address. */
  readonly bindTo: string | null
  readonly trusted: readonly string[]
  readonly options: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
}

export interface PlannedEndpoint {
  readonly network: PlannedNetwork
  readonly asked: SceneEndpoint
  readonly ipv4: string | null
  readonly ipv6: string | null
  readonly mac: string
  /** `eth0` ... in the order of connection. */
  readonly device: string
  /** The other end in the host, of a bridge network. */
  readonly hostDevice: string
}

/** One published port once host addresses and IP versions are settled. `address` is the container's. */
export interface Binding {
  readonly protocol: PortProtocol
  readonly hostAddress: string
  /** 0 where nothing is bound on the host (a routed network). */
  readonly hostPort: number
  readonly address: string
  readonly port: number
}

export interface PlannedContainer {
  readonly scene: SceneContainer
  readonly id: string
  readonly pid: number
  readonly hostname: string
  readonly running: boolean
  /** Id of the network namespace, null for one that does not run. */
  readonly namespace: string | null
  readonly mode: 'own' | 'host' | 'none' | 'shared'
  readonly endpoints: readonly PlannedEndpoint[]
  /** The endpoint that its default route and its ports are on. */
  readonly gateway: PlannedEndpoint | null
  /** The same for IPv6, which may have another way out since 28. */
  readonly gatewaySix: PlannedEndpoint | null
  readonly bindings: readonly Binding[]
  /** Whether dockerd answers its questions for names: on every network but the default bridge, and from then on. */
  readonly resolver: boolean
}

/** A scene with everything decided that Docker decides by itself. */
export interface Plan {
  readonly scene: Scene
  readonly generation: Generation
  readonly daemon: PlannedDaemon
  readonly networks: readonly PlannedNetwork[]
  readonly containers: readonly PlannedContainer[]
}

/** The daemon's options with their defaults. */
export interface PlannedDaemon {
  readonly userlandProxy: boolean
  readonly icc: boolean
  readonly iptables: boolean
  readonly ip6tables: boolean
  readonly ipForward: boolean
  readonly forwardDrop: boolean
  readonly masquerade: boolean
  readonly ipv6: boolean
  readonly mtu: number
  readonly bindTo: string | null
  readonly directRouting: boolean
}

export const HOST_NAMESPACE = 'host'
