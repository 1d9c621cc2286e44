import type { Match } from '../host/match.ts'
import type { IptablesRule } from '../host/ruleset.ts'
import type { Target } from '../host/target.ts'
import { protocolNumber } from '../net/protocol-number.ts'
import { type AddressTest, compileAddressTest, inAddressTest } from './address-test.ts'
import { compileMatch } from './match/compile-match.ts'
import { deviceFits } from './match/device.ts'
import { type Matcher, type MatchResult, NO, UNDECIDED, YES } from './match/matcher.ts'
import type { MatchInput } from './match-input.ts'
import type { CompiledChain } from './compile-rulesets.ts'

/** What a rule does next, its chain already looked up. `missing` names a chain that the table does not have. */
export type CompiledTarget =
  | { readonly kind: 'statement'; readonly target: Target }
  | { readonly kind: 'none' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: CompiledChain }
  | { readonly kind: 'missing'; readonly chain: string }

/**
 * A rule ready for evaluation: the conditions that nearly every rule has are fields to compare (as the kernel's
 * `struct ipt_ip`), the others are functions in their written order.
 */
export interface CompiledRule {
  readonly rule: IptablesRule
  readonly source: AddressTest | null
  readonly destination: AddressTest | null
  readonly protocol: number
  readonly inDevice: string | null
  readonly outDevice: string | null
  readonly inverse: number
  readonly matchers: readonly Matcher[]
  readonly target: CompiledTarget
}

/** Bits of `inverse`. */
const NOT_SOURCE = 1
const NOT_DESTINATION = 2
const NOT_PROTOCOL = 4
const NOT_IN = 8
const NOT_OUT = 16

const ANY_PROTOCOL = -2

interface Draft {
  source: AddressTest | null
  destination: AddressTest | null
  protocol: number
  inDevice: string | null
  outDevice: string | null
  inverse: number
}

/** Returns a rule prepared for `ruleMatches`. `target` has been resolved by the caller. */
export function compileRule(rule: IptablesRule, target: CompiledTarget): CompiledRule {
  const draft: Draft = {
    source: null,
    destination: null,
    protocol: ANY_PROTOCOL,
    inDevice: null,
    outDevice: null,
    inverse: 0,
  }
  const rest = rule.matches.filter((match) => match.kind !== 'comment' && !intoHead(draft, match))
  return { rule, ...draft, matchers: rest.map((match) => compileMatch(match, rule.matches)), target }
}

/** Puts a condition into the rule's head; false when it is none of those, is there twice, or cannot be read. */
function intoHead(draft: Draft, match: Match): boolean {
  switch (match.kind) {
    case 'source':
    case 'destination':
      return addressIntoHead(draft, match.kind, match.prefix, match.negated)
    case 'in-interface':
      if (draft.inDevice !== null) return false
      draft.inDevice = match.name
      if (match.negated) draft.inverse |= NOT_IN
      return true
    case 'out-interface':
      if (draft.outDevice !== null) return false
      draft.outDevice = match.name
      if (match.negated) draft.inverse |= NOT_OUT
      return true
    case 'protocol': {
      const number = protocolNumber(match.protocol)
      if (number === null || draft.protocol !== ANY_PROTOCOL) return false
      draft.protocol = number
      if (match.negated) draft.inverse |= NOT_PROTOCOL
      return true
    }
    default:
      return false
  }
}

function addressIntoHead(draft: Draft, side: 'source' | 'destination', prefix: string, negated: boolean): boolean {
  const test = compileAddressTest(prefix)
  if (test === null || draft[side] !== null) return false
  draft[side] = test
  if (negated) draft.inverse |= side === 'source' ? NOT_SOURCE : NOT_DESTINATION
  return true
}

/**
 * Tells whether a rule matches: YES, NO, or UNDECIDED where a condition cannot be evaluated and all others hold.
 * Follows linux:net/ipv4/netfilter/ip_tables.c ip_packet_match, then the matches in order.
 */
export function ruleMatches(rule: CompiledRule, input: MatchInput): MatchResult {
  const { inverse, source, destination, inDevice, outDevice, matchers } = rule
  if (source !== null && inAddressTest(source, input.src) === ((inverse & NOT_SOURCE) !== 0)) return NO
  if (destination !== null && inAddressTest(destination, input.dst) === ((inverse & NOT_DESTINATION) !== 0)) return NO
  if (inDevice !== null && fits(inDevice, input.inDevice) === ((inverse & NOT_IN) !== 0)) return NO
  if (outDevice !== null && fits(outDevice, input.outDevice) === ((inverse & NOT_OUT) !== 0)) return NO
  if (rule.protocol !== ANY_PROTOCOL) {
    if ((rule.protocol === input.protocol) === ((inverse & NOT_PROTOCOL) !== 0)) return NO
  }
  let result: MatchResult = YES
  for (let i = 0; i < matchers.length; i++) {
    const one = (matchers[i] as Matcher)(input)
    if (one === NO) return NO
    if (one === UNDECIDED) result = UNDECIDED
  }
  return result
}

function fits(pattern: string, device: string): boolean {
  return pattern === device || (pattern.endsWith('+') && deviceFits(pattern, device))
}
