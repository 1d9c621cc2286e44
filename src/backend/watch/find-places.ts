import type { Capture } from '../../core/capture/capture.ts'
import type { HostState } from '../../core/host/host-state.ts'
import type { Interface } from '../../core/host/interface.ts'
import { type LinkHeader, readLink } from '../../core/parse/live/read-link.ts'
import { readTuple } from '../../core/parse/live/read-tuple.ts'
import type { ImportedPlace } from '../../core/watch/watch.ts'

/** Packets of a file that were seen at one device, as far as the file tells. */
export interface PacketGroup {
  readonly name: string
  readonly packets: number
  readonly addresses: ReadonlyMap<string, number>
  readonly macs: ReadonlyMap<string, number>
}

/** A capture's packets by their group, in the order of the packets. */
export interface GroupedCapture {
  readonly groups: readonly PacketGroup[]
  readonly groupOf: readonly number[]
}

interface OpenGroup {
  readonly name: string
  packets: number
  readonly addresses: Map<string, number>
  readonly macs: Map<string, number>
}

/**
 * Returns the packets of a capture by device: by the file's interfaces, and within one of all devices (`tcpdump -i any`) by
 * the index that SLL2 tells, unless Hopwire wrote the file and named each.
 */
export function groupPackets(capture: Capture): GroupedCapture {
  const groups: OpenGroup[] = []
  const numbers = new Map<string, number>()
  const groupOf = capture.packets.map(({ interface: number, data }) => {
    const from = capture.interfaces[number]
    const name = from?.name ?? ''
    const link = readLink(from?.linkType ?? -1, data)
    const index = typeof link === 'string' || name.includes('/') ? null : link.deviceIndex
    const key = `${number} ${index ?? ''}`
    const known = numbers.get(key) ?? addGroup(groups, numbers, key, wordGroup(name, number, index))
    countEnds(groups[known], link)
    return known
  })
  return { groups, groupOf }
}

function wordGroup(name: string, number: number, index: number | null): string {
  const base = name === '' ? `interface ${number}` : name
  return index === null ? base : `${base}, device ${index}`
}

function addGroup(groups: OpenGroup[], numbers: Map<string, number>, key: string, name: string): number {
  numbers.set(key, groups.length)
  return groups.push({ name, packets: 0, addresses: new Map(), macs: new Map() }) - 1
}

function countEnds(group: OpenGroup | undefined, link: LinkHeader | string): void {
  if (group === undefined) return
  group.packets += 1
  if (typeof link === 'string') return
  const tuple = readTuple(link.etherType, link.payload)
  for (const address of tuple === null ? [] : [tuple.src, tuple.dst]) bump(group.addresses, address)
  for (const mac of [link.sourceMac, link.destinationMac]) if (mac !== null) bump(group.macs, mac)
}

function bump(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

interface Candidate {
  readonly netns: string
  readonly device: Interface
}

/**
 * Returns where each group was seen on this host: where its name says it, as Hopwire writes it (`host/docker0`), or that of
 * a device that is here once and with addresses that are known here; else at the one device whose addresses its packets
 * have most. What fits nowhere, or in two places, matches none.
 */
export function findPlaces(groups: readonly PacketGroup[], state: HostState | null): readonly ImportedPlace[] {
  const candidates = (state?.namespaces ?? []).flatMap(({ name, interfaces }) =>
    interfaces.map((device): Candidate => ({ netns: name, device })),
  )
  const known = new Set(candidates.flatMap(({ device }) => device.addresses.map(({ address }) => address)))
  return groups.map((group) => {
    const base = { interface: group.name, packets: group.packets }
    const byName = findByName(group, candidates, known)
    if (byName !== null) return { ...base, ...placeOf(byName), by: 'name', why: 'its name' }
    const fits = findByAddresses(group, candidates)
    const [only, ...others] = fits
    if (only !== undefined && others.length === 0)
      return { ...base, ...placeOf(only), by: 'addresses', why: `addresses of ${only.device.name} in ${only.netns}` }
    const why =
      only === undefined
        ? 'none of its addresses is that of a device here'
        : `${fits.map(({ netns, device }) => `${device.name} in ${netns}`).join(' and ')} fit alike`
    return { ...base, netns: null, device: null, by: null, why }
  })
}

function placeOf({ netns, device }: Candidate) {
  return { netns, device: device.name }
}

function findByName(
  group: PacketGroup,
  candidates: readonly Candidate[],
  known: ReadonlySet<string>,
): Candidate | null {
  const exact = candidates.find(({ netns, device }) => `${netns}/${device.name}` === group.name)
  if (exact !== undefined) return exact
  const named = candidates.filter(({ device }) => device.name === group.name)
  const isHere = [...group.addresses.keys()].some((address) => known.has(address))
  return named.length === 1 && isHere ? (named[0] ?? null) : null
}

/** The devices with the most packets to or from them; of those with the group's own name alone, where there are any. */
function findByAddresses(group: PacketGroup, candidates: readonly Candidate[]): readonly Candidate[] {
  const short = group.name.replace(/^.*\//, '')
  const scored = candidates
    .filter(({ device }) => device.kind !== 'loopback')
    .map((candidate) => ({ candidate, score: scoreOf(group, candidate.device) }))
    .filter(({ score }) => score > 0)
  const named = scored.filter(({ candidate }) => candidate.device.name === short)
  const choice = named.length > 0 ? named : scored
  const best = Math.max(...choice.map(({ score }) => score))
  return choice.filter(({ score }) => score === best).map(({ candidate }) => candidate)
}

/** A MAC address is of one device alone, and tells more than an address that is forwarded. */
function scoreOf({ addresses, macs }: PacketGroup, device: Interface): number {
  const own = device.addresses.reduce((sum, { address }) => sum + (addresses.get(address) ?? 0), 0)
  return own + 2 * (device.mac === null ? 0 : (macs.get(device.mac) ?? 0))
}
