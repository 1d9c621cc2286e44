import { candidatesOf } from './chain-index.ts'
import type { CompiledRule } from './compile-rule.ts'
import { ruleMatches } from './compile-rule.ts'
import type { CompiledChain } from './compile-rulesets.ts'
import { explainMatches } from './explain-matches.ts'
import type { HookRun, Outcome } from './hook-run.ts'
import { NO, UNDECIDED } from './match/matcher.ts'
import {
  evidence,
  NO_FIELDS,
  recordPolicy,
  recordRule,
  recordUnknown,
  type TriedSpan,
  targetWords,
  triedRules,
} from './record-step.ts'
import { applyStatement } from './statement/apply-statement.ts'
import type { StatementResult } from './statement/statement.ts'

/** Deeper than any table that is in use. */
const MOST_DEPTH = 128

/** Chains that fan out at every level are legal, and a packet's way through them can be longer than anybody would read. */
const MOST_STEPS = 2000

/**
 * Walks a base chain and returns its verdict, the policy's when no rule decides. Follows
 * linux:net/ipv4/netfilter/ip_tables.c ipt_do_table. `note` is said with every step of the chain.
 */
export function walkBaseChain(run: HookRun, chain: CompiledChain, note: string | null): Outcome {
  const walk: Walk = { note, path: [chain], baseEnd: null }
  const outcome = walkChain(run, chain, walk, 0)
  if (outcome !== 'continue') return outcome
  recordPolicy(run, walk.baseEnd ?? { chain, first: 0, end: 0 }, note)
  if (chain.policy !== 'DROP') return 'accept'
  run.reason = `the policy of chain ${chain.name} in table ${chain.table} is to drop`
  return 'drop'
}

/**
 * What lives as long as the walk of one base chain: `path` is the chains that are open, the innermost last, `baseEnd` the
 * span that the base chain's end has behind it.
 */
interface Walk {
  readonly note: string | null
  readonly path: CompiledChain[]
  baseEnd: TriedSpan | null
}

/** Walks one chain; `continue` means that it was left at its end or by RETURN, so that the caller's chain goes on. */
function walkChain(run: HookRun, chain: CompiledChain, walk: Walk, depth: number): Outcome {
  const { rules } = chain
  const { input } = run
  let first = 0
  // Nothing that a rule does before it ends the chain changes what the candidates were chosen by.
  const candidates = chain.index === null ? null : candidatesOf(chain.index, input)
  const count = candidates === null ? rules.length : candidates.length
  for (let at = 0; at < count; at++) {
    const index = candidates === null ? at : (candidates[at] as number)
    const rule = rules[index] as CompiledRule
    const matched = ruleMatches(rule, input)
    if (matched === NO) continue
    const span = { chain, first, end: index }
    first = index + 1
    const outcome = matched === UNDECIDED ? undecided(run, rule, span, walk) : take(run, rule, span, walk, depth)
    if (outcome === 'leave') {
      if (depth === 0) walk.baseEnd = { chain, first, end: first }
      return 'continue'
    }
    if (outcome !== 'continue') return outcome
  }
  if (depth === 0) walk.baseEnd = { chain, first, end: rules.length }
  return 'continue'
}

/** Acts on a rule that matched. `leave` ends this chain without a verdict: RETURN, or a goto that came to its end. */
function take(run: HookRun, rule: CompiledRule, span: TriedSpan, walk: Walk, depth: number): Outcome | 'leave' {
  const { target } = rule
  switch (target.kind) {
    case 'jump':
    case 'goto': {
      const refusal = refuseJump(run, walk, target.chain)
      if (refusal !== null) return endUnknown(run, rule, span, refusal)
      recordJump(run, rule, span, walk, target.kind, target.chain.name)
      walk.path.push(target.chain)
      const outcome = walkChain(run, target.chain, walk, depth + 1)
      walk.path.pop()
      return outcome === 'continue' && target.kind === 'goto' ? 'leave' : outcome
    }
    case 'missing':
      return endUnknown(run, rule, span, `there is no chain ${target.chain} in table ${span.chain.table} to go to`)
    case 'none':
      recordCount(run, rule, span, walk)
      return 'continue'
    case 'statement': {
      const tried = triedRules(run, span)
      const result = applyStatement(run, rule, target.target)
      if (result.next === 'cannot-tell') return endUnknown(run, rule, span, result.why)
      const note = result.note ?? walk.note
      recordRule(run, span, tried, {
        rule,
        verdict: result.verdict,
        target: targetWords(rule.rule),
        diff: result.diff,
        why: result.why,
        evidence: evidence(note, result.note !== undefined),
      })
      if (result.verdict === 'return') return 'leave'
      return conclude(run, rule, span, result)
    }
  }
}

/** A circle is nothing that the kernel would load (ip_tables.c mark_source_chains), but a saved host may hold one. */
function refuseJump(run: HookRun, walk: Walk, chain: CompiledChain): string | null {
  if (walk.path.includes(chain)) return `the jumps between chains lead back to ${chain.name}, in a circle`
  if (walk.path.length > MOST_DEPTH) return `its jumps go deeper than ${MOST_DEPTH} chains`
  return run.steps.length > MOST_STEPS ? `more than ${MOST_STEPS} rules have taken the packet on the way to it` : null
}

function conclude(run: HookRun, rule: CompiledRule, span: TriedSpan, result: StatementResult): Outcome {
  if (result.next === 'cannot-tell') return 'cannot-tell'
  if (result.next === 'drop') run.reason = `dropped by ${place(span)}: ${rule.rule.text}`
  if (result.next === 'reject') {
    run.reason = `rejected by ${place(span)}: ${rule.rule.text}`
    const answer = rule.rule.target?.kind === 'reject' ? rule.rule.target.with : 'icmp-port-unreachable'
    run.reject = { with: answer, rule: rule.rule.text }
  }
  return result.next
}

function recordJump(
  run: HookRun,
  rule: CompiledRule,
  span: TriedSpan,
  walk: Walk,
  verdict: 'jump' | 'goto',
  name: string,
): void {
  const why = `${explainMatches(rule.rule)}, the rules of ${name} are asked${verdict === 'goto' ? ', for good' : ''}.`
  const event = { rule, verdict, target: name, diff: NO_FIELDS, why, evidence: evidence(walk.note) }
  recordRule(run, span, triedRules(run, span), event)
}

function recordCount(run: HookRun, rule: CompiledRule, span: TriedSpan, walk: Walk): void {
  const why = `${explainMatches(rule.rule)}, this rule counts it and does nothing else.`
  const event = { rule, verdict: 'continue', target: '', diff: NO_FIELDS, why, evidence: evidence(walk.note) } as const
  recordRule(run, span, triedRules(run, span), event)
}

/**
 * A rule of which everything holds but what cannot be evaluated. Where its target changes nothing at all (LOG), only
 * its counter is in doubt and the walk goes on; any other rule might have decided, so nothing after it is known.
 */
function undecided(run: HookRun, rule: CompiledRule, span: TriedSpan, walk: Walk): Outcome {
  const what = doubtsOf(run, rule)
  if (!isHarmless(rule)) return endUnknown(run, rule, span, what)
  const why =
    'Whether this rule takes the packet cannot be told, but it changes nothing, so the packet goes on either way.'
  const note = walk.note ?? `${what}: the rule may not have counted`
  const event = { rule, verdict: 'continue', target: targetWords(rule.rule), diff: NO_FIELDS, why } as const
  recordRule(run, span, triedRules(run, span), { ...event, evidence: evidence(note, true) })
  return 'continue'
}

/** Says why a rule cannot be told: what its conditions say themselves, else that they are not evaluated. */
function doubtsOf(run: HookRun, { rule }: CompiledRule): string {
  const said = run.input.doubts.filter((why) => why !== '')
  if (said.length > 0) return [...new Set(said)].join('; ')
  const conditions = rule.matches.filter((match) => match.kind === 'unsupported').map((match) => match.text)
  return `${conditions.length > 0 ? conditions.join(' ') : 'a condition'} cannot be evaluated`
}

/** A jump is harmless where nothing in the chain could do more than count and log (`ufw-logging-deny`). */
function isHarmless(rule: CompiledRule, depth = 0): boolean {
  const { target } = rule
  if (target.kind === 'none') return true
  if (target.kind === 'jump') return depth < 4 && target.chain.rules.every((each) => isHarmlessIn(each, depth + 1))
  if (target.kind !== 'statement') return false
  const { kind } = target.target
  return kind === 'log' || kind === 'no-effect' || kind === 'tcp-mss'
}

/** Within a chain that was jumped to, RETURN ends nothing else. */
function isHarmlessIn(rule: CompiledRule, depth: number): boolean {
  return (rule.target.kind === 'statement' && rule.target.target.kind === 'return') || isHarmless(rule, depth)
}

function endUnknown(run: HookRun, rule: CompiledRule, span: TriedSpan, problem: string): 'cannot-tell' {
  const what = `${place(span)}: ${rule.rule.text}`
  recordUnknown(run, what, `Cannot tell what becomes of the packet at ${what}: ${problem}.`)
  return 'cannot-tell'
}

function place(span: TriedSpan): string {
  const command = span.chain.family === 'ip' ? 'iptables' : 'ip6tables'
  return `${command} table ${span.chain.table}, chain ${span.chain.name}`
}
