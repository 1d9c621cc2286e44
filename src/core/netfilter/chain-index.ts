import type { IptablesRule } from '../host/ruleset.ts'
import type { CompiledRule } from './compile-rule.ts'
import type { MatchInput } from './match-input.ts'

/**
 * Which rules of a chain a packet can fulfil at all, by one plain condition of each rule: its single destination
 * address, its single destination port, its output or input device. Docker writes one such rule a container, a
 * published port and a network, so that hosts with hundreds of them have chains of which a packet concerns a handful.
 */
export interface ChainIndex {
  readonly byDestination: ReadonlyMap<number, readonly number[]>
  readonly byPort: ReadonlyMap<number, readonly number[]>
  readonly byOutDevice: ReadonlyMap<string, readonly number[]>
  readonly byInDevice: ReadonlyMap<string, readonly number[]>
  /** Rules without such a condition: every packet may fulfil them. */
  readonly always: readonly number[]
}

/** Below this many rules, looking at all of them is as fast. */
const WORTH_IT = 12

/** Returns the index of a chain's rules, or null for a short chain, all of whose rules are to be looked at. */
export function indexChain(rules: readonly CompiledRule[]): ChainIndex | null {
  if (rules.length < WORTH_IT) return null
  const byDestination = new Map<number, number[]>()
  const byPort = new Map<number, number[]>()
  const byOutDevice = new Map<string, number[]>()
  const byInDevice = new Map<string, number[]>()
  const always: number[] = []
  for (const [at, rule] of rules.entries()) {
    const address = singleDestination(rule)
    const port = address === null ? singlePort(rule.rule) : null
    if (address !== null) push(byDestination, address, at)
    else if (port !== null) push(byPort, port, at)
    else if (rule.outDevice !== null && !rule.notOut && !rule.outDevice.prefix)
      push(byOutDevice, rule.outDevice.name, at)
    else if (rule.inDevice !== null && !rule.notIn && !rule.inDevice.prefix) push(byInDevice, rule.inDevice.name, at)
    else always.push(at)
  }
  return { byDestination, byPort, byOutDevice, byInDevice, always }
}

/** The word by which an address is looked up: an IPv6 host part differs in its last word. */
function addressKey(family: 4 | 6, words: readonly [number, number, number, number]): number {
  return family === 4 ? words[0] : words[3]
}

function singleDestination(rule: CompiledRule): number | null {
  const { destination } = rule
  if (destination === null || rule.notDestination) return null
  const { family, mask } = destination
  const whole = family === 4 ? mask[0] === -1 : mask.every((word) => word === -1)
  return whole ? addressKey(family, destination.network) : null
}

function singlePort(rule: IptablesRule): number | null {
  for (const match of rule.matches) {
    if (match.kind === 'destination-port' && !match.negated && match.range.from === match.range.to) {
      return match.range.from
    }
  }
  return null
}

function push<K>(map: Map<K, number[]>, key: K, at: number): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [at])
  else list.push(at)
}

/** Returns, in order, the positions of the rules that a packet may fulfil. */
export function candidatesOf(index: ChainIndex, input: MatchInput): readonly number[] {
  let found = index.always
  found = merge(found, index.byDestination.get(addressKey(input.packet.family, input.dst)))
  found = merge(found, index.byPort.get(input.destinationPort))
  found = merge(found, index.byOutDevice.get(input.outDevice))
  return merge(found, index.byInDevice.get(input.inDevice))
}

/** Returns both lists as one in order; the same list where the other is empty. */
function merge(left: readonly number[], right: readonly number[] | undefined): readonly number[] {
  if (right === undefined || right.length === 0) return left
  if (left.length === 0) return right
  const merged: number[] = []
  let at = 0
  for (const each of left) {
    for (; at < right.length && (right[at] as number) < each; at++) merged.push(right[at] as number)
    merged.push(each)
  }
  for (; at < right.length; at++) merged.push(right[at] as number)
  return merged
}
