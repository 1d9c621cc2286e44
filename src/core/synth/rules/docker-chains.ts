import type { ChainRef, IptablesFamily } from './iptables-draft.ts'

/** The chains that Docker's rules are in, of one IP version. */
export interface DockerChains {
  readonly forward: ChainRef
  readonly docker: ChainRef
  readonly user: ChainRef
  readonly dockerForward: ChainRef
  readonly dockerBridge: ChainRef
  readonly dockerCt: ChainRef
  readonly dockerInternal: ChainRef
  readonly isolation1: ChainRef
  readonly isolation2: ChainRef
  readonly natDocker: ChainRef
  readonly natPrerouting: ChainRef
  readonly natOutput: ChainRef
  readonly natPostrouting: ChainRef
  readonly rawPrerouting: ChainRef
}

export function dockerChains(family: IptablesFamily): DockerChains {
  const filter = (chain: string): ChainRef => ({ family, table: 'filter', chain })
  const nat = (chain: string): ChainRef => ({ family, table: 'nat', chain })
  return {
    forward: filter('FORWARD'),
    docker: filter('DOCKER'),
    user: filter('DOCKER-USER'),
    dockerForward: filter('DOCKER-FORWARD'),
    dockerBridge: filter('DOCKER-BRIDGE'),
    dockerCt: filter('DOCKER-CT'),
    dockerInternal: filter('DOCKER-INTERNAL'),
    isolation1: filter('DOCKER-ISOLATION-STAGE-1'),
    isolation2: filter('DOCKER-ISOLATION-STAGE-2'),
    natDocker: nat('DOCKER'),
    natPrerouting: nat('PREROUTING'),
    natOutput: nat('OUTPUT'),
    natPostrouting: nat('POSTROUTING'),
    rawPrerouting: { family, table: 'raw', chain: 'PREROUTING' },
  }
}

/** `-d ADDRESS/32` and the like: a single address as iptables-save prints it. */
export function host(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`
}

/** `172.17.0.2:80`, `[fd00::2]:80`. */
export function target(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

export const ESTABLISHED = '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'
