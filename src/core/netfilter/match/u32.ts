import type { Match } from '../../host/match.ts'
import type { U32Test } from '../../host/module-match.ts'
import {
  andNumbers,
  boundsOf,
  isWhole,
  type PacketBytes,
  packetBytes,
  type Partial32,
  readNumber,
  shiftLeft,
  shiftRight,
  wholeNumber,
} from '../packet-bytes.ts'
import { type Matcher, type MatchResult, NO, type OfKind, UNDECIDED, undecided, verdictOf, YES } from './matcher.ts'

/**
 * `-m u32 --u32 "0x0>>0x16&0x3c@0xc>>0x1a=0x5"`: bytes of the packet, cut out and compared
 * (linux:net/netfilter/xt_u32.c u32_match_it). Undecided where it depends on bytes that are not known.
 */
export function matchU32(match: OfKind<Match, 'u32'>): Matcher {
  return (input) => {
    const bytes = packetBytes(input.packet)
    let result: MatchResult = YES
    for (const test of match.tests) {
      const one = testHolds(test, bytes)
      if (one === NO) return verdictOf(false, match.negated)
      if (one === UNDECIDED) result = UNDECIDED
    }
    if (result === UNDECIDED) return undecided(input, `${match.text} asks for bytes of the packet that are not known`)
    return verdictOf(true, match.negated)
  }
}

function testHolds(test: U32Test, bytes: PacketBytes): MatchResult {
  let at = 0
  let value = readNumber(bytes, test.offset, 4)
  for (const { operator, number } of test.operations) {
    if (value === null) return NO
    if (operator === 'at') {
      if (!isWhole(value)) return UNDECIDED
      at += value.bits
      value = at > bytes.length - 4 ? null : readNumber(bytes, at + number, 4)
    } else value = change(operator, value, number)
  }
  return value === null ? NO : among(value, test.values)
}

function change(operator: 'and' | 'left' | 'right', value: Partial32, number: number): Partial32 {
  switch (operator) {
    case 'and':
      return andNumbers(value, wholeNumber(number))
    // The processor looks at five bits of the count.
    case 'left':
      return shiftLeft(value, number & 31)
    case 'right':
      return shiftRight(value, number & 31)
    default:
      return operator satisfies never
  }
}

function among(value: Partial32, ranges: U32Test['values']): MatchResult {
  const { least, most } = boundsOf(value)
  if (ranges.some(({ from, to }) => from <= least && most <= to)) return YES
  return ranges.some((range) => canBeIn(value, range)) ? UNDECIDED : NO
}

function canBeIn(value: Partial32, { from, to }: U32Test['values'][number]): boolean {
  const { least, most } = boundsOf(value)
  if (from === to) return ((from ^ value.bits) & value.known) === 0
  return from <= most && least <= to
}
