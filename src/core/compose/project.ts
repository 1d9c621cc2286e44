import type { SceneSubnet } from '../synth/scene/scene.ts'
import type { Place } from './node.ts'

/** A text and where it stands. */
export interface Placed {
  readonly text: string
  readonly place: Place
}

/** A service's place in one network. `network` is the key under `networks:`. */
export interface ServiceNetwork {
  readonly network: string
  readonly place: Place
  readonly aliases: readonly string[]
  readonly ipv4: string | null
  readonly ipv6: string | null
  readonly mac: string | null
  /** Which network a container is created in: the highest one, then the first by name. */
  readonly priority: number
  /** Which network gives the default route (Docker 28). */
  readonly gatewayPriority: number
}

/** One published port. `published` is a range of which Docker takes a free one; null is any free port. */
export interface ComposePort {
  readonly place: Place
  readonly hostAddress: string | null
  readonly published: { readonly from: number; readonly to: number } | null
  readonly target: number
  readonly protocol: 'tcp' | 'udp' | 'sctp'
}

export interface Dependency {
  readonly service: string
  readonly place: Place
  readonly condition: string
  readonly required: boolean
}

export interface Link {
  readonly target: string
  readonly alias: string
  readonly place: Place
}

/** A service, as far as it bears on networking. */
export interface ComposeService {
  readonly name: string
  readonly place: Place
  readonly image: string | null
  readonly containerName: Placed | null
  readonly scale: number
  readonly networkMode: Placed | null
  readonly networks: readonly ServiceNetwork[]
  readonly ports: readonly ComposePort[]
  /** `80/tcp`. */
  readonly exposes: readonly string[]
  /** What `x-hopwire: {listens: [...]}` says; null where it says nothing. */
  readonly listens: readonly string[] | null
  readonly dependencies: readonly Dependency[]
  readonly links: readonly Link[]
  readonly externalLinks: readonly Link[]
  /** `NAME:ADDRESS`. */
  readonly extraHosts: readonly string[]
  readonly dns: readonly string[]
  readonly dnsSearch: readonly string[]
  readonly hostname: string | null
  readonly mac: Placed | null
  readonly labels: Readonly<Record<string, string>>
  readonly profiles: readonly string[]
}

/** A network under `networks:`. `name` is that of Docker's network. */
export interface ComposeNetwork {
  readonly key: string
  readonly place: Place
  readonly name: string
  readonly external: boolean
  readonly driver: 'bridge' | 'macvlan' | 'ipvlan'
  readonly subnets: readonly SceneSubnet[]
  readonly ipv4: boolean | null
  readonly ipv6: boolean | null
  readonly internal: boolean
  readonly attachable: boolean
  readonly options: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
}

/** What the files of a project say together. */
export interface ComposeProject {
  readonly name: string
  readonly place: Place
  /** In the order in which they are written; without those whose profile is not asked for. */
  readonly services: readonly ComposeService[]
  readonly networks: readonly ComposeNetwork[]
}
