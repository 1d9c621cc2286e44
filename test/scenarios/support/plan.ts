import type { Generation } from '../../lab/index.ts'

/** A network: the arguments of `docker network create` before its name. A bridge gets the device name `bridge`. */
export interface NetworkSetup {
  readonly name: string
  readonly bridge?: string
  readonly args: readonly string[]
}

/** A container: the arguments of `docker run` before the image, what listens in it, and further networks. */
export interface ContainerSetup {
  readonly name: string
  readonly args: readonly string[]
  readonly tcp?: readonly number[]
  readonly udp?: readonly number[]
  /** Arguments of `docker network connect` before the container's name. */
  readonly connect?: readonly (readonly string[])[]
}

/** A whole host for scenarios. */
export interface Setup {
  readonly generation: Generation
  readonly daemonOptions?: Readonly<Record<string, unknown>>
  /** Arguments of `docker` before there is any network, and after all containers run. */
  readonly first?: readonly (readonly string[])[]
  readonly last?: readonly (readonly string[])[]
  readonly networks: readonly NetworkSetup[]
  readonly containers: readonly ContainerSetup[]
  readonly hostTcp?: readonly number[]
  readonly hostUdp?: readonly number[]
}

/** A user bridge with a subnet of its own, by the names of the reference: `net('ref-a', 'ref-brA', 1)` is 172.30.1.0/24. */
export function net(name: string, bridge: string, third: number, ...args: string[]): NetworkSetup {
  return { name, bridge, args: ['--subnet', `172.30.${third}.0/24`, ...args] }
}

/** A container at 172.30.THIRD.LAST on a network of `net`. */
export function on(network: string, name: string, ip: string, more: Partial<ContainerSetup> = {}): ContainerSetup {
  return { name, ...more, args: ['--network', network, '--ip', ip, ...(more.args ?? [])] }
}

/** The host's first address of each generation's engine, before there is one. */
export function addressOf(generation: Generation): string {
  return generation === '20' ? '198.51.100.10' : '198.51.100.20'
}
