import { isLinkLocal } from '../net/address.ts'
import type { Interface, InterfaceAddress } from '../host/interface.ts'
import { type CompiledPrefix, compilePrefix, contains, toBits } from './compile-prefix.ts'
import type { ForwardIndex } from './forward-index.ts'

/** RFC 6724's labels as the kernel has them from the start (linux:net/ipv6/addrlabel.c), longest prefix first. */
const LABELS: readonly (readonly [CompiledPrefix, number])[] = (
  [
    ['::1/128', 0],
    ['::ffff:0:0/96', 4],
    ['::/96', 3],
    ['2001::/32', 6],
    ['2001:10::/28', 7],
    ['3ffe::/16', 12],
    ['2002::/16', 2],
    ['fec0::/10', 11],
    ['fc00::/7', 5],
    ['::/0', 1],
  ] as const
).map(([prefix, label]) => [compilePrefix(prefix), label])

const LINK_SCOPE = 2
const SITE_SCOPE = 5
const GLOBAL_SCOPE = 14

/** Returns the scope of an address as the kernel counts it: unique local ones are global, loopback is of the link. */
function scopeOf(address: string): number {
  if (address.startsWith('ff')) return Number.parseInt(address.charAt(3), 16)
  if (address === '::1' || isLinkLocal(address)) return LINK_SCOPE
  return /^fe[c-f]/.test(address) ? SITE_SCOPE : GLOBAL_SCOPE
}

function labelOf(address: string): number {
  const bits = toBits(address)
  return LABELS.find(([prefix]) => contains(prefix, bits))?.[1] ?? 1
}

interface Candidate {
  readonly device: string
  readonly entry: InterfaceAddress
}

/** A rule of RFC 6724: how well an address fits, more is better. */
type Rule = (candidate: Candidate) => number

/**
 * Returns the IPv6 source address towards a destination by a device: addresses of the device alone where the destination is
 * of the link, else those of all devices, judged by RFC 6724's rules in the kernel's order (linux:net/ipv6/addrconf.c
 * ipv6_get_saddr_eval: same address, scope, not deprecated, outgoing device, label, longest prefix). Home, privacy and ORCHID
 * addresses are not told apart. Null where there is none.
 */
export function selectIpv6Source(index: ForwardIndex, deviceName: string, destination: string): string | null {
  const device = index.interfaces.get(deviceName)
  const confined = destination.startsWith('ff') || scopeOf(destination) <= LINK_SCOPE
  const devices = confined && device !== undefined ? [device] : index.netns.interfaces
  const rules = rulesFor(deviceName, destination)
  let best: Candidate | null = null
  for (const candidate of devices.flatMap(usableOn)) {
    if (best === null || isBetter(rules, candidate, best)) best = candidate
  }
  return best?.entry.address ?? null
}

function usableOn(device: Interface): readonly Candidate[] {
  return device.addresses
    .filter((entry) => entry.family === 6 && entry.tentative !== true)
    .map((entry) => ({ device: device.name, entry }))
}

function isBetter(rules: readonly Rule[], candidate: Candidate, best: Candidate): boolean {
  for (const rule of rules) {
    const difference = rule(candidate) - rule(best)
    if (difference !== 0) return difference > 0
  }
  return false
}

function rulesFor(deviceName: string, destination: string): readonly Rule[] {
  const scope = scopeOf(destination)
  const label = labelOf(destination)
  const bits = BigInt(toBits(destination))
  return [
    ({ entry }) => Number(entry.address === destination),
    ({ entry }) => scopeDistance(scopeOf(entry.address), scope),
    ({ entry }) => Number(entry.deprecated !== true || scopeOf(entry.address) === LINK_SCOPE),
    ({ device }) => Number(device === deviceName),
    ({ entry }) => Number(labelOf(entry.address) === label),
    ({ entry }) => Math.min(commonBits(BigInt(toBits(entry.address)), bits), entry.prefixLength),
  ]
}

/** The smallest scope that reaches the destination is best; one that does not reach it is the worse the smaller it is. */
function scopeDistance(own: number, wanted: number): number {
  return own >= wanted ? -own : own - 128
}

function commonBits(left: bigint, right: bigint): number {
  const difference = left ^ right
  return difference === 0n ? 128 : 128 - difference.toString(2).length
}
