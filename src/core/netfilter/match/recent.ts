import type { Match } from '../../host/match.ts'
import { formatAddress, parseAddress } from '../../net/address.ts'
import type { MatchInput } from '../match-input.ts'
import type { Sighting } from '../rule-memory.ts'
import { type Matcher, type MatchResult, NO, type OfKind, UNDECIDED, undecided, verdictOf, YES } from './matcher.ts'

type Recent = OfKind<Match, 'recent'>

const NEVER: Sighting = { ttl: 0, before: 0, now: 0, unsure: false }

/**
 * `-m recent --set --name SSH`, `--update --seconds 30 --hitcount 6` (linux:net/netfilter/xt_recent.c recent_mt). How long ago
 * an address was seen cannot be told from what was read: where that decides it is undecided. Times of this conversation are
 * all fresh.
 */
export function matchRecent(match: Recent): Matcher {
  return (input) => {
    const address = maskedAddress(match, input)
    if (address === null) return undecided(input, `${match.text} has a mask that is none`)
    const key = `${match.name} ${address}`
    const known = findSighting(match.name, address, key, input)
    const ttl = ttlOf(input)
    if (match.action === 'set') {
      remember(input, key, { ...(known ?? { ...NEVER, unsure: known === undefined }), ttl }, 1)
      return verdictOf(true, match.negated)
    }
    if (known === undefined) return undecided(input, `${match.text} asks for a list that was not read`)
    if (known === null || (match.sameTtl && !known.unsure && known.ttl !== ttl)) return verdictOf(false, match.negated)
    const seen = known.unsure ? UNDECIDED : wasSeen(match, known)
    if (seen === UNDECIDED) {
      remember(input, key, { ...known, unsure: true }, 0)
      return undecided(input, `${match.text} asks when ${address} was seen, which cannot be told`)
    }
    const result = verdictOf(seen === YES, match.negated)
    if (match.action === 'remove') forget(input, key, known)
    else if (match.action === 'update' && result === YES) remember(input, key, { ...known, ttl }, 1)
    return result
  }
}

function maskedAddress({ side, mask }: Recent, { packet }: MatchInput): string | null {
  const address = parseAddress(side === 'source' ? packet.src : packet.dst)
  const bits = parseAddress(mask)
  if (address?.family === 4 && bits?.family === 4) return formatAddress(4, (address.value & bits.value) >>> 0)
  if (address?.family === 6 && bits?.family === 6) return formatAddress(6, address.value & bits.value)
  return null
}

/** The list has the TTL as it was before this host took one off. */
function ttlOf({ packet, outDevice, hook }: MatchInput): number {
  const forwarded = outDevice !== '' && (hook === 'forward' || hook === 'postrouting')
  return forwarded ? packet.ttl + 1 : packet.ttl
}

/** Null for an address that is not on the list, undefined where the list is not known. */
function findSighting(list: string, address: string, key: string, input: MatchInput): Sighting | null | undefined {
  const changed = input.memory.sightings.get(key)
  if (changed !== undefined) return changed
  const found = input.netns.ruleState?.recent.find(({ name }) => name === list)
  if (found === undefined) return undefined
  const entry = found.entries.find((each) => each.address === address)
  return entry === undefined ? null : { ttl: entry.ttl, before: entry.times, now: 0, unsure: false }
}

/** Without a number of seconds every time counts, however long ago. */
function wasSeen({ action, seconds, hits }: Recent, { before, now }: Sighting): MatchResult {
  if (action === 'remove') return YES
  const wanted = Math.max(1, hits ?? 0)
  const sure = seconds === null || seconds === 0 ? before + now : now
  if (sure >= wanted) return YES
  return before + now < wanted ? NO : UNDECIDED
}

function remember({ memory, asking }: MatchInput, key: string, sighting: Sighting, times: number): void {
  if (asking === 'looking') return
  const unsure = sighting.unsure || asking === 'doubtful'
  memory.sightings.set(key, { ...sighting, now: sighting.now + times, unsure })
}

function forget({ memory, asking }: MatchInput, key: string, sighting: Sighting): void {
  if (asking === 'looking') return
  memory.sightings.set(key, asking === 'doubtful' ? { ...sighting, unsure: true } : null)
}
