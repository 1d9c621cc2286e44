/** The version of this shape; a file with another is refused by check-scene. */
export const SCENE_SCHEMA = 'hopwire.scene/1'

/** The engines whose behaviour is known: 20.10, 28.5, and 29 with the iptables backend. */
export type Generation = 20 | 28 | 29

/**
 * A Docker host as somebody would set it up, as plain JSON. What is left out is as Docker has it by default. The lists
 * are in the order in which things were made: networks are created and containers started from first to last, and that
 * order decides addresses and the order of rules.
 */
export interface Scene {
  readonly schema: typeof SCENE_SCHEMA
  readonly name: string
  readonly description?: string
  readonly engine: SceneEngine
  readonly host: SceneHost
  /** Without the three that every engine has: `bridge` (daemon options), `host` and `none`. */
  readonly networks: readonly SceneNetwork[]
  readonly containers: readonly SceneContainer[]
  /** What the user did with iptables once all the rest was there. */
  readonly rules?: readonly SceneRule[]
  /** What the name servers outside know; any other name does not exist. */
  readonly names?: readonly SceneName[]
  readonly memory?: SceneMemory
}

/**
 * What an engine remembers: what it gave to those that are there, so that they keep it when others come and go. Without it
 * everything is given anew, in the order of the lists.
 */
export interface SceneMemory {
  /** Which of the default subnets 20.10 tries next, counted from 0: it does not go back to one that became free. */
  readonly nextSubnet?: number
  /** Whether it has had a network with IPv6: the host goes on forwarding it when that is gone. */
  readonly forwardsSix?: boolean
  /** The subnets of networks, by name. */
  readonly subnets?: Readonly<Record<string, readonly string[]>>
  /** The addresses of containers, by `CONTAINER NETWORK`. */
  readonly addresses?: Readonly<Record<string, readonly string[]>>
  /** The host's ports of containers, by name, in the order of their bindings. */
  readonly ports?: Readonly<Record<string, readonly number[]>>
  /** The numbers of devices inside (`eth1`), by `CONTAINER NETWORK`. */
  readonly devices?: Readonly<Record<string, number>>
  /**
   * In 20.10 the number that a container's next device gets: it does not go back to one that became free. By name, and by
   * `CONTAINER PREFIX` where a network's devices are called otherwise than `eth`.
   */
  readonly nextDevices?: Readonly<Record<string, number>>
  /** The networks that containers were made in, of those that have left them: their NetworkMode is that still. */
  readonly modes?: Readonly<Record<string, string>>
  /** The names that containers were made with, by those that they have now; only of those that were renamed. */
  readonly born?: Readonly<Record<string, string>>
  /**
   * What was done for containers that run, in that order, which is the order of their rules: `CONTAINER NETWORK` when it was
   * attached, with ` ports` and ` links` behind it when those were set up.
   */
  readonly order?: readonly string[]
  /** Networks whose bridge has had a port: it keeps the IPv6 address of the link. */
  readonly wired?: readonly string[]
  /**
   * The addresses that /etc/hosts of a running container has for itself, by its name, where they are not those that it has:
   * 20.10 takes out all of them when one goes, or none.
   */
  readonly hosts?: Readonly<Record<string, readonly string[]>>
  /** Running containers in which Docker's resolver was started: it stays when they leave all networks that need it. */
  readonly resolvers?: readonly string[]
  /**
   * Of running containers that share a network: the one whose namespace they are in. Once that has stopped, the first of those
   * that are left in it, with a loopback device only.
   */
  readonly inside?: Readonly<Record<string, string>>
  /** Containers that were renamed while they ran on the default bridge: since 26 they have names there from then on. */
  readonly named?: readonly string[]
  /** Containers of 20.10 whose ports lead into an internal network, since they have left the one that led outside. */
  readonly inward?: readonly string[]
  /**
   * Of containers that were created and that Docker refused to start: the networks of theirs that it found, with ` joined` behind
   * those that it had joined by then. These they know by their ids, others by their names, and others need not be there.
   */
  readonly tried?: Readonly<Record<string, readonly string[]>>
  /** What containers refer to that was removed: `NETWORK` and `container:NAME`, by their name. They cannot be started. */
  readonly gone?: Readonly<Record<string, readonly string[]>>
}

export interface SceneEngine {
  readonly generation: Generation
  /** False on a host before Docker came: its cards and its loopback alone. Such a scene has no networks and no containers. */
  readonly installed?: boolean
  readonly options?: DaemonOptions
}

/** Keys of daemon.json. */
export interface DaemonOptions {
  readonly 'userland-proxy'?: boolean
  readonly icc?: boolean
  readonly iptables?: boolean
  readonly ip6tables?: boolean
  readonly 'ip-forward'?: boolean
  readonly 'ip-forward-no-drop'?: boolean
  readonly 'ip-masq'?: boolean
  readonly ipv6?: boolean
  readonly bip?: string
  readonly 'fixed-cidr'?: string
  readonly 'fixed-cidr-v6'?: string
  readonly 'default-address-pools'?: readonly AddressPool[]
  readonly mtu?: number
  readonly dns?: readonly string[]
  readonly 'dns-search'?: readonly string[]
  /** The address that ports are bound to where `-p` names none. */
  readonly ip?: string
  readonly experimental?: boolean
  readonly 'allow-direct-routing'?: boolean
}

/** One of `default-address-pools`: a range, and the length of the subnets that are cut from it. */
export interface AddressPool {
  readonly base: string
  readonly size: number
}

export interface SceneHost {
  readonly hostname?: string
  readonly nics: readonly SceneNic[]
  readonly nameservers?: readonly string[]
  /** Whether br_netfilter was loaded before Docker started. Docker 20.10 loads it anyway, later ones where they need it. */
  readonly bridgeNetfilter?: boolean
  /** Whether somebody else had turned on forwarding before Docker started; Docker then leaves the FORWARD policy alone. */
  readonly forwarding?: boolean
  /** What listens on the host itself: `22/tcp`, `127.0.0.1:5432/tcp`. */
  readonly listens?: readonly string[]
}

/** A network card of the host. Addresses are written with their prefix length: `192.0.2.10/24`. */
export interface SceneNic {
  readonly name: string
  readonly mac?: string
  readonly mtu?: number
  readonly addresses: readonly string[]
  readonly routes?: readonly SceneRoute[]
}

export interface SceneRoute {
  /** A prefix, or `default`. */
  readonly to: string
  readonly via?: string
  readonly metric?: number
}

export interface SceneSubnet {
  readonly subnet: string
  readonly gateway?: string
  readonly ipRange?: string
  /** Addresses that are kept for something else, by name (`--aux-address`). */
  readonly aux?: Readonly<Record<string, string>>
}

export interface SceneNetwork {
  readonly name: string
  readonly driver?: 'bridge' | 'macvlan' | 'ipvlan'
  readonly subnets?: readonly SceneSubnet[]
  readonly ipv4?: boolean
  readonly ipv6?: boolean
  readonly internal?: boolean
  readonly attachable?: boolean
  /** By Docker's keys: `com.docker.network.bridge.enable_icc`, `com.docker.network.driver.mtu`, `parent` ... */
  readonly options?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

export interface SceneEndpoint {
  readonly network: string
  readonly aliases?: readonly string[]
  readonly ipv4?: string
  readonly ipv6?: string
  readonly mac?: string
  /** The endpoint of the highest one gives the container its default route (`--gw-priority`, Docker 28). */
  readonly priority?: number
  /** `CONTAINER:ALIAS`. */
  readonly links?: readonly string[]
}

export interface SceneContainer {
  readonly name: string
  readonly image?: string
  /** `created` and `exited` ones have no network. */
  readonly state?: 'running' | 'paused' | 'created' | 'exited'
  readonly hostname?: string
  /** Instead of `networks`: `host`, `none` or `container:NAME`. */
  readonly networkMode?: string
  /**
   * The first is that of `docker run`, the others are connected after the start. None: the default bridge. An empty list
   * beside the mode `none` is of one that was disconnected from all; `host` or `none` beside that mode, of one that asked for an
   * address there and could not be started.
   */
  readonly networks?: readonly SceneEndpoint[]
  /** As for `docker run -p`: `8080:80`, `127.0.0.1:53:53/udp`, `80`. */
  readonly ports?: readonly string[]
  /** `80/tcp`: what the image says that it serves. */
  readonly exposes?: readonly string[]
  /** What really listens inside: `80/tcp`, `127.0.0.1:8080/tcp`. */
  readonly listens?: readonly string[]
  readonly dns?: readonly string[]
  readonly dnsSearch?: readonly string[]
  /** `NAME:ADDRESS`. */
  readonly extraHosts?: readonly string[]
  readonly command?: readonly string[]
  /** `NAME=VALUE`. */
  readonly env?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
}

/** One call of iptables (4) or ip6tables (6): `-A DOCKER-USER -s 172.17.0.2/32 -j DROP`, `-t nat -I ...`, `-P INPUT DROP`. */
export interface SceneRule {
  readonly family?: 4 | 6
  readonly command: string
}

export interface SceneName {
  readonly name: string
  readonly addresses: readonly string[]
}
