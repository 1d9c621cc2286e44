/** A container's attachment to one Docker network. */
export interface Endpoint {
  readonly network: string
  readonly networkName: string
  readonly ipv4: string | null
  readonly ipv6: string | null
  readonly gateway: string | null
  readonly mac: string | null
  readonly aliases: readonly string[]
  /** `--link` on a user network, `CONTAINER:ALIAS`: names that this endpoint's container alone may use. */
  readonly links?: readonly string[]
}

/** One published port (`-p`). `hostPort` is 0 where a routed network publishes without a host port. */
export interface PublishedPort {
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly containerPort: number
  readonly hostAddress: string
  readonly hostPort: number
}

/** A container as Docker's API tells it. `namespace` is null when it is not running or could not be found. */
export interface Container {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly state: 'running' | 'paused' | 'restarting' | 'exited' | 'created' | 'dead' | 'removing'
  readonly pid: number
  readonly hostname: string
  readonly networkMode: string
  readonly namespace: string | null
  readonly endpoints: readonly Endpoint[]
  readonly published: readonly PublishedPort[]
  readonly exposed: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  /** Lines of the container's own resolver files, null when they could not be read. */
  readonly resolvConf: string | null
  readonly hosts: string | null
  /** `--dns`: the servers that dockerd passes this container's questions on to. */
  readonly dns?: readonly string[]
  /** What `-p` asked for, of one that does not run and so has published nothing: `8080:80/tcp`, `127.0.0.1::53/udp`. */
  readonly asked?: readonly string[]
}

/** One IPAM block of a network. */
export interface Subnet {
  readonly family: 4 | 6
  readonly prefix: string
  readonly gateway: string | null
  readonly ipRange: string | null
}

/** A Docker network. `bridge` is the device name of a bridge network. */
export interface DockerNetwork {
  readonly id: string
  readonly name: string
  readonly driver: string
  readonly scope: string
  readonly internal: boolean
  readonly attachable: boolean
  readonly ingress: boolean
  readonly ipv6: boolean
  readonly subnets: readonly Subnet[]
  readonly options: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly bridge: string | null
}
