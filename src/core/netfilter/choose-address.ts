import { formatAddress, parseAddress } from '../net/address.ts'
import type { CtTuple } from './conntrack-tuple.ts'

/** What of a NAT mapping the choice of an address depends on. */
interface AddressRange {
  readonly from: string
  readonly to: string
  /** Servers see one address of a client, whatever it asks for. */
  readonly persistent: boolean
}

/**
 * Returns the address of a range that the kernel takes for a connection: a hash of its source, and of its destination unless
 * the range is persistent, which nothing random goes into (linux:net/netfilter/nf_nat_core.c find_best_ips_proto). The hash is
 * over numbers as they lie in memory: of a processor that has the low byte first, as all have that Docker is built for but
 * s390x. Null where the range is none.
 */
export function chooseAddress(
  range: AddressRange,
  tuple: CtTuple,
  side: 'source' | 'destination',
  zone: number,
): string | null {
  const [first, last] = [wordsOf(range.from), wordsOf(range.to)]
  const [source, destination] = [wordsOf(tuple.src), wordsOf(tuple.dst)]
  if (first === null || last === null || source === null || destination === null) return null
  if (first.length !== last.length || first.length !== source.length) return null
  const padded = [...source, 0, 0, 0].slice(0, 4).map(swapBytes)
  const salt = range.persistent ? 0 : (swapBytes(destination.at(-1) ?? 0) ^ zone) >>> 0
  let hash = hashWords(padded, salt)
  let isFree = false
  const chosen: number[] = []
  for (const [index, from] of first.entries()) {
    const to = last[index] ?? from
    const [least, size] = isFree ? [0, 0xffffffff] : [from, (to - from + 1) >>> 0]
    const word = (least + scale(hash, size)) >>> 0
    chosen.push(word)
    if (word !== to) isFree = true
    const mixed = side === 'source' ? (destination[index] ?? 0) : word
    if (!range.persistent) hash = (hash ^ swapBytes(mixed)) >>> 0
  }
  return first.length === 1 ? formatAddress(4, chosen[0] ?? 0) : formatAddress(6, joinWords(chosen))
}

/** The words of an address in network order: one for IPv4, four for IPv6. */
function wordsOf(text: string): readonly number[] | null {
  const address = parseAddress(text)
  if (address === null) return null
  if (address.family === 4) return [address.value]
  return [96n, 64n, 32n, 0n].map((shift) => Number((address.value >> shift) & 0xffffffffn))
}

function joinWords(words: readonly number[]): bigint {
  return words.reduce((value, word) => (value << 32n) | BigInt(word), 0n)
}

function swapBytes(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
}

/** linux:include/linux/kernel.h reciprocal_scale. */
function scale(value: number, size: number): number {
  return Number((BigInt(value) * BigInt(size)) >> 32n)
}

const rotate = (word: number, by: number): number => ((word << by) | (word >>> (32 - by))) >>> 0

/** linux:include/linux/jhash.h jhash2, for four words. */
function hashWords(words: readonly number[], seed: number): number {
  const start = (0xdeadbeef + 16 + seed) >>> 0
  const [k0 = 0, k1 = 0, k2 = 0, k3 = 0] = words
  const [a, b, c] = mix(start + k0, start + k1, start + k2)
  return finish(a + k3, b, c)
}

const MIX = [4, 6, 8, 16, 19, 4] as const

/** Each turn takes the three words one place on. */
function mix(first: number, second: number, third: number): readonly [number, number, number] {
  let [a, b, c] = [first >>> 0, second >>> 0, third >>> 0]
  for (const by of MIX) {
    a = ((a - c) ^ rotate(c, by)) >>> 0
    c = (c + b) >>> 0
    ;[a, b, c] = [b, c, a]
  }
  return [a, b, c]
}

const FINISH = [14, 11, 25, 16, 4, 14, 24] as const

function finish(first: number, second: number, third: number): number {
  let [a, b, c] = [first >>> 0, second >>> 0, third >>> 0]
  for (const by of FINISH) {
    c = ((c ^ b) - rotate(b, by)) >>> 0
    ;[a, b, c] = [b, c, a]
  }
  // Seven turns leave the word that was worked on last in the second place.
  return b
}
