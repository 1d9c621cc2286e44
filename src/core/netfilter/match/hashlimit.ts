import type { Match } from '../../host/match.ts'
import type { HashlimitBucket } from '../../host/rule-state.ts'
import { formatAddress, parseAddress } from '../../net/address.ts'
import { ipv4Mask, ipv6Mask } from '../../net/prefix.ts'
import type { MatchInput } from '../match-input.ts'
import { type Matcher, NO, type OfKind, undecided, verdictOf } from './matcher.ts'

type Hashlimit = OfKind<Match, 'hashlimit'>
type Bucket = Pick<HashlimitBucket, 'source' | 'sourcePort' | 'destination' | 'destinationPort'>

/**
 * `-m hashlimit --hashlimit-upto 5/min --hashlimit-mode srcip --hashlimit-name NAME`: a bucket for each address
 * (linux:net/netfilter/xt_hashlimit.c). One that the kernel does not have begins full; one with credit left lets the packet
 * through. Undecided for a bucket that was empty, which may have filled up, and for limits of bytes.
 */
export function matchHashlimit(match: Hashlimit): Matcher {
  return (input) => {
    const { family } = input.packet
    const table = input.netns.ruleState?.hashlimit.find((each) => each.name === match.name && each.family === family)
    if (table === undefined) return undecided(input, `${match.text} asks for a table that was not read`)
    if (!match.countsPackets) return undecided(input, `${match.text} counts bytes`)
    const bucket = bucketOf(match, input)
    if (bucket === null) return NO
    const key = `${family} ${match.name} ${Object.values(bucket).join(' ')}`
    const passed = input.memory.passed.get(key) ?? 0
    const known = table.buckets.find((each) => isSame(each, bucket))
    if (Number.isNaN(passed)) return undecided(input, `${match.text} may have counted the packet before`)
    // Credit that was left is still there; none is not for long.
    const left = known === undefined ? match.burst : known.cost === 0 ? 0 : Math.floor(known.credit / known.cost)
    if (passed >= left) return undecided(input, `${match.text} depends on how fast its bucket fills up`)
    if (input.asking !== 'looking') input.memory.passed.set(key, input.asking === 'doubtful' ? Number.NaN : passed + 1)
    return verdictOf(!match.above, false)
  }
}

function bucketOf(match: Hashlimit, { packet, sourcePort, destinationPort }: MatchInput): Bucket | null {
  const { keys, sourceLength, destinationLength } = match
  const none = packet.family === 4 ? '0.0.0.0' : '::'
  const source = keys.includes('srcip') ? masked(packet.src, sourceLength) : none
  const destination = keys.includes('dstip') ? masked(packet.dst, destinationLength) : none
  if (source === null || destination === null) return null
  return {
    source,
    sourcePort: keys.includes('srcport') ? Math.max(0, sourcePort) : 0,
    destination,
    destinationPort: keys.includes('dstport') ? Math.max(0, destinationPort) : 0,
  }
}

function masked(text: string, length: number): string | null {
  const address = parseAddress(text)
  if (address?.family === 4 && length <= 32) return formatAddress(4, (address.value & ipv4Mask(length)) >>> 0)
  if (address?.family === 6) return formatAddress(6, address.value & ipv6Mask(length))
  return null
}

function isSame(left: Bucket, right: Bucket): boolean {
  return (
    left.source === right.source &&
    left.destination === right.destination &&
    left.sourcePort === right.sourcePort &&
    left.destinationPort === right.destinationPort
  )
}
