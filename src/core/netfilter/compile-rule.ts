import type { Match } from '../host/match.ts'
import type { IptablesRule } from '../host/ruleset.ts'
import type { Target } from '../host/target.ts'
import { protocolNumber } from '../net/protocol-number.ts'
import { type AddressTest, compileAddressTest, inAddressTest } from './address-test.ts'
import { compileMatch } from './match/compile-match.ts'
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
  readonly notSource: boolean
  readonly destination: AddressTest | null
  readonly notDestination: boolean
  readonly protocol: number
  readonly notProtocol: boolean
  readonly inDevice: DeviceTest | null
  readonly notIn: boolean
  readonly outDevice: DeviceTest | null
  readonly notOut: boolean
  readonly matchers: readonly Matcher[]
  readonly target: CompiledTarget
}

/** A device name, or with `prefix` the beginning of one (`veth+`). */
export interface DeviceTest {
  readonly name: string
  readonly prefix: boolean
}

const ANY_PROTOCOL = -2

type Head = Omit<CompiledRule, 'rule' | 'matchers' | 'target'>
type Draft = { -readonly [Key in keyof Head]: Head[Key] }

/** Returns a rule prepared for `ruleMatches`. `target` has been resolved by the caller. */
export function compileRule(rule: IptablesRule, target: CompiledTarget): CompiledRule {
  const draft: Draft = {
    source: null,
    notSource: false,
    destination: null,
    notDestination: false,
    protocol: ANY_PROTOCOL,
    notProtocol: false,
    inDevice: null,
    notIn: false,
    outDevice: null,
    notOut: false,
  }
  const rest = rule.matches.filter((match) => match.kind !== 'comment' && !intoHead(draft, match))
  return { rule, ...draft, matchers: rest.map((match) => compileMatch(match, rule.matches)), target }
}

/** Puts a condition into the rule's head; false when it is none of those, is there twice, or cannot be read. */
function intoHead(draft: Draft, match: Match): boolean {
  switch (match.kind) {
    case 'source': {
      const test = draft.source === null ? compileAddressTest(match.prefix) : null
      if (test === null) return false
      draft.source = test
      draft.notSource = match.negated
      return true
    }
    case 'destination': {
      const test = draft.destination === null ? compileAddressTest(match.prefix) : null
      if (test === null) return false
      draft.destination = test
      draft.notDestination = match.negated
      return true
    }
    case 'in-interface':
      if (draft.inDevice !== null) return false
      draft.inDevice = deviceTest(match.name)
      draft.notIn = match.negated
      return true
    case 'out-interface':
      if (draft.outDevice !== null) return false
      draft.outDevice = deviceTest(match.name)
      draft.notOut = match.negated
      return true
    case 'protocol': {
      const number = protocolNumber(match.protocol)
      if (number === null || draft.protocol !== ANY_PROTOCOL) return false
      draft.protocol = number
      draft.notProtocol = match.negated
      return true
    }
    default:
      return false
  }
}

function deviceTest(pattern: string): DeviceTest {
  const prefix = pattern.endsWith('+')
  return { name: prefix ? pattern.slice(0, -1) : pattern, prefix }
}

/**
 * Tells whether a rule matches: YES, NO, or UNDECIDED where a condition cannot be evaluated and all others hold.
 * Follows linux:net/ipv4/netfilter/ip_tables.c ip_packet_match, then the matches in order.
 */
export function ruleMatches(rule: CompiledRule, input: MatchInput): MatchResult {
  const { source, destination, inDevice, outDevice, matchers } = rule
  if (destination !== null && inAddressTest(destination, input.dst) === rule.notDestination) return NO
  if (outDevice !== null && onDevice(outDevice, input.outDevice) === rule.notOut) return NO
  if (inDevice !== null && onDevice(inDevice, input.inDevice) === rule.notIn) return NO
  if (source !== null && inAddressTest(source, input.src) === rule.notSource) return NO
  if (rule.protocol !== ANY_PROTOCOL && (rule.protocol === input.protocol) === rule.notProtocol) return NO
  let result: MatchResult = YES
  for (let i = 0; i < matchers.length; i++) {
    const one = (matchers[i] as Matcher)(input)
    if (one === YES) continue
    if (one === NO) {
      if (result === UNDECIDED) settle(input)
      return NO
    }
    noteDoubt(input, result === YES)
    result = UNDECIDED
  }
  if (result === UNDECIDED) settle(input)
  return result
}

/** Keeps why a condition cannot be told. What the rule's later conditions would remember is then only possible. */
function noteDoubt(input: MatchInput, first: boolean): void {
  const why = input.doubt
  input.doubt = ''
  input.doubts = first ? [why] : [...input.doubts, why]
  if (input.asking === 'surely') input.asking = 'doubtful'
}

function settle(input: MatchInput): void {
  if (input.asking === 'doubtful') input.asking = 'surely'
}

function onDevice(test: DeviceTest, device: string): boolean {
  return test.prefix ? device.startsWith(test.name) : test.name === device
}
