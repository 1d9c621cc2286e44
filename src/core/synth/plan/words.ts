import { digestHex } from '../digest.ts'
import type { Generation } from '../scene/scene.ts'
import type { PlannedNetwork } from './plan.ts'

/** Docker's own sentences about what it refuses, as `Error response from daemon:` is followed by them. */

/** What happens while a container's network is set up has a preface since 28. */
export function whileSettingUp(generation: Generation, words: string): string {
  return generation === 20 ? words : `failed to set up container networking: ${words}`
}

/** About ports: the endpoint is named, with an id. */
export function aboutPorts(generation: Generation, container: string, network: string, words: string): string {
  const id = digestHex(`endpoint ${container} ${network}`, 64)
  const endpoint = `driver failed programming external connectivity on endpoint ${container} (${id})`
  return whileSettingUp(generation, `${endpoint}: ${words}`)
}

/** About an address that was asked for; since 25 several sentences are a list. */
export function aboutAskedAddress(generation: Generation, network: string, words: readonly string[]): string {
  if (generation === 20) return words[0] ?? ''
  const list = words.length === 1 ? words[0] : words.map((each) => `* ${each}`).join('\n')
  return `invalid config for network ${network}: invalid endpoint settings:\n${list}`
}

/** What is refused on `docker network connect` has no preface in 28. */
export function withoutPreface(words: string): string {
  return words.replace(/^failed to set up container networking: /, '').replace(/^invalid config for network \S+: /, '')
}

export function noAddressLeft(generation: Generation, family: 4 | 6, { name, id }: PlannedNetwork): string {
  const words = `no available IPv${family} addresses on this network's address pools: ${name} (${id})`
  return whileSettingUp(generation, words)
}

export function conflictWith(one: Pick<PlannedNetwork, 'id' | 'device'>, other: PlannedNetwork, why: string): string {
  return `cannot create network ${one.id} (${one.device}): conflicts with network ${other.id} (${other.device}): ${why}`
}

/** What Docker 28 says of a network that has neither IPv4 nor IPv6. */
export const NO_FAMILY = 'IPv4 or IPv6 must be enabled'
