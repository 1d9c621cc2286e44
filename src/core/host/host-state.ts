import type { Container, DockerNetwork } from './container.ts'
import type { NetNamespace } from './namespace.ts'

/** The version of this shape; a file with another is refused by check-host-state. */
export const HOST_STATE_SCHEMA = 'hopwire.host/1'

/** What engine the host runs. `generation` is the major version (20, 28, 29), 0 when unknown. */
export interface EngineInfo {
  readonly name: 'docker' | 'podman' | 'sandbox' | 'none'
  readonly version: string
  readonly apiVersion: string
  readonly generation: number
  readonly rootless: boolean
  readonly userlandProxy: boolean | null
}

/** Something that could not be read. It is never turned into "there is none". */
export interface Gap {
  /** Namespace id, or null for the whole host. */
  readonly namespace: string | null
  /**
   * What is missing: `iptables`, `nft`, `conntrack`, `sockets`, `interfaces` ... or `namespace` for all of one; `container` for
   * all of one that frames come to by bridges' ports alone, so that the rest of the host is not in doubt.
   */
  readonly what: string
  readonly why: string
}

/** The answer that a resolver gave for a name, asked from one namespace. No addresses and `NXDOMAIN` is an answer, too. */
export interface NameAnswer {
  /** Namespace id from which it was asked. */
  readonly namespace: string
  readonly name: string
  readonly server: string
  readonly status: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'TIMEOUT' | 'REFUSED'
  readonly addresses: readonly string[]
}

/** How the state was obtained; the engine marks every step's evidence with it. */
export type StateOrigin = 'probe' | 'api' | 'sandbox'

/**
 * Everything that decides where packets go on one Docker host, as plain JSON: no class, Map, Date or undefined.
 * `namespaces[0]` is the host's own.
 */
export interface HostState {
  readonly schema: typeof HOST_STATE_SCHEMA
  readonly origin: StateOrigin
  /** ISO 8601, UTC. */
  readonly capturedAt: string
  readonly hostname: string
  readonly kernel: string
  readonly engine: EngineInfo
  readonly namespaces: readonly NetNamespace[]
  readonly containers: readonly Container[]
  readonly networks: readonly DockerNetwork[]
  readonly names: readonly NameAnswer[]
  /** The host's own resolver file. */
  readonly resolvConf?: string
  readonly gaps: readonly Gap[]
}
