import { type JsonRecord, numberOf, recordOf, textMapOf, textOf, textsOf } from '../../../core/parse/json-value.ts'
import { type ApiObject, MAC_SINCE } from './api-bodies.ts'
import type { DockerCalls } from './docker-calls.ts'

/** An endpoint as it was: what was asked for, and what it had. */
export interface KnownEndpoint {
  readonly network: string
  /** What was asked for when it was made. */
  readonly asked: ApiObject
  /** The addresses that it had, asked for or not; empty where its container did not run. */
  readonly had: { readonly IPv4Address?: string; readonly IPv6Address?: string }
}

/** Returns a container's endpoints as `GET /containers/NAME/json` tells of them. */
export function knownEndpoints(container: JsonRecord, generation: number): readonly KnownEndpoint[] {
  const networks = recordOf(recordOf(container, 'NetworkSettings'), 'Networks')
  return Object.keys(networks).map((network) =>
    knownEndpoint(container, network, recordOf(networks, network), generation),
  )
}

function knownEndpoint(
  container: JsonRecord,
  network: string,
  settings: JsonRecord,
  generation: number,
): KnownEndpoint {
  const aliases = askedAliases(container, textsOf(settings, 'Aliases'), generation)
  const ipam = textMapOf(settings, 'IPAMConfig')
  const options = textMapOf(settings, 'DriverOpts')
  const links = textsOf(settings, 'Links')
  const mac = generation >= MAC_SINCE ? (textOf(settings, 'MacAddress') ?? '') : ''
  const priority = numberOf(settings, 'GwPriority') ?? 0
  const [four, six] = [textOf(settings, 'IPAddress') ?? '', textOf(settings, 'GlobalIPv6Address') ?? '']
  return {
    network,
    asked: {
      ...(Object.keys(ipam).length === 0 ? {} : { IPAMConfig: ipam }),
      ...(aliases.length === 0 ? {} : { Aliases: aliases }),
      ...(links.length === 0 ? {} : { Links: links }),
      ...(Object.keys(options).length === 0 ? {} : { DriverOpts: options }),
      ...(mac === '' ? {} : { MacAddress: mac }),
      ...(priority === 0 ? {} : { GwPriority: priority }),
    },
    had: { ...(four === '' ? {} : { IPv4Address: four }), ...(six === '' ? {} : { IPv6Address: six }) },
  }
}

/** Until 24 Docker adds the short id, and the host name, to the aliases that were asked for. */
function askedAliases(container: JsonRecord, told: readonly string[], generation: number): readonly string[] {
  if (generation >= MAC_SINCE) return told
  const id = textOf(container, 'Id') ?? ''
  const hostname = textOf(recordOf(container, 'Config'), 'Hostname')
  return told.filter((alias) => alias !== hostname && !(alias.length === 12 && id.startsWith(alias)))
}

/**
 * Connects a container again as it was. An address that Docker gave by itself is asked for where it would not be given
 * again; only a network whose subnet was written down allows that. Gives what is other than it was, one sentence each.
 */
export async function reconnect(
  calls: DockerCalls,
  container: string,
  known: KnownEndpoint,
): Promise<readonly string[]> {
  const { network, asked, had } = known
  await calls.connect(network, container, asked)
  if (had.IPv4Address === undefined && had.IPv6Address === undefined) return []
  const first = await addressesOf(calls, container, network)
  if (sameAddresses(first, had)) return []
  await calls.disconnect(network, container)
  const taken = await calls.connect(network, container, { ...asked, IPAMConfig: had }).then(
    () => true,
    () => false,
  )
  if (taken) return []
  await calls.connect(network, container, asked)
  const now = await addressesOf(calls, container, network)
  return sameAddresses(now, had)
    ? []
    : [`${container} has ${words(now)} in ${network} now, before it had ${words(had)}`]
}

async function addressesOf(calls: DockerCalls, container: string, network: string): Promise<KnownEndpoint['had']> {
  const known = knownEndpoints(await calls.inspectContainer(container), 0)
  return known.find((one) => one.network === network)?.had ?? {}
}

function sameAddresses(one: KnownEndpoint['had'], other: KnownEndpoint['had']): boolean {
  return one.IPv4Address === other.IPv4Address && one.IPv6Address === other.IPv6Address
}

function words({ IPv4Address, IPv6Address }: KnownEndpoint['had']): string {
  return [IPv4Address, IPv6Address].filter((one) => one !== undefined).join(' and ') || 'no address'
}
