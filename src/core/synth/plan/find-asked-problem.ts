import { contains, toRange } from '../address/ip-range.ts'
import type { Generation, SceneEndpoint } from '../scene/scene.ts'
import { aboutAskedAddress } from './words.ts'

/** Where a container asks for addresses and names: a network, or what stands in place of one (`host`, `none`). */
export interface AskedPlace {
  readonly name: string
  /** False for what every engine has: the default bridge, `host` and `none`. */
  readonly isUserDefined: boolean
  /** The subnet of an IP version that somebody wrote down; null where Docker chose one, or where there is none. */
  readonly written: Readonly<Record<4 | 6, string | null>>
}

/** Why Docker refuses what is asked for; since 25 it is looked at when the container is created, before when it is started. */
export interface AskedProblem {
  readonly message: string
  readonly atCreate: boolean
}

/**
 * Returns why Docker would not give a container the addresses and names that it asks for, before it looks at who has them; null
 * where it would. moby 20.10 daemon/container_operations.go updateNetworkConfig and validateNetworkingConfig, which end with
 * the first problem; since 25 validateEndpointSettings there, which lists them.
 */
export function findAskedProblem(
  generation: Generation,
  { aliases = [], ipv4, ipv6 }: Pick<SceneEndpoint, 'aliases' | 'ipv4' | 'ipv6'>,
  place: AskedPlace,
): AskedProblem | null {
  const old = generation === 20
  const asked = [
    ...(ipv4 === undefined ? [] : [[4, ipv4] as const]),
    ...(ipv6 === undefined ? [] : [[6, ipv6] as const]),
  ]
  // The command line of 28 looks at aliases before it asks its engine.
  if (!place.isUserDefined && aliases.length > 0 && !(old && asked.length > 0))
    return { message: old ? NO_ALIAS_20 : NO_ALIAS, atCreate: !old }
  const words = asked.flatMap(([family, address]) => addressWords(generation, place.written[family], address))
  const all = place.isUserDefined || asked.length === 0 ? words : [NO_ADDRESS, ...words]
  if (all.length === 0) return null
  // That an address lies elsewhere 20.10 notices as it takes it.
  const told = old && place.isUserDefined && all.includes(NO_SUBNET) ? [NO_SUBNET] : all
  return { message: aboutAskedAddress(generation, place.name, told), atCreate: !old }
}

function addressWords(generation: Generation, subnet: string | null, address: string): readonly string[] {
  if (subnet === null) return [NO_SUBNET]
  if (contains(toRange(subnet), address)) return []
  return generation === 20
    ? [`Invalid address ${address}: It does not belong to any of this network's subnets`]
    : [`no configured subnet or ip-range contain the IP address ${address}`]
}

/** moby:runconfig/errors.go. */
const NO_ADDRESS = 'user specified IP address is supported on user defined networks only'
const NO_SUBNET = 'user specified IP address is supported only when connecting to networks with user configured subnets'
const NO_ALIAS = 'network-scoped aliases are only supported for user-defined networks'
const NO_ALIAS_20 = 'network-scoped alias is supported only for containers in user defined networks'
