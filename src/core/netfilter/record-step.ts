import type { IptablesRule } from '../host/ruleset.ts'
import type { FieldDiff } from '../net/packet.ts'
import type { Evidence } from '../trace/evidence.ts'
import type { RuleVerdict, Step, TriedRule } from '../trace/step.ts'
import type { CompiledRule } from './compile-rule.ts'
import type { CompiledChain } from './compile-rulesets.ts'
import { explainMatch } from './explain-matches.ts'
import type { HookRun } from './hook-run.ts'
import { compileMatch } from './match/compile-match.ts'
import { NO } from './match/matcher.ts'

const FROM_STATE: Evidence = { basis: 'state' }
export const NO_FIELDS: readonly FieldDiff[] = []

/** Returns the evidence of a step; a note on it says what about the step is not known for sure. */
export function evidence(note: string | null, assumed = false): Evidence {
  if (note === null) return FROM_STATE
  return { basis: assumed ? 'assumed' : 'state', note }
}

/** Which rules of a chain were looked at since the chain's last step: from `first` up to and without `end`. */
export interface TriedSpan {
  readonly chain: CompiledChain
  readonly first: number
  readonly end: number
}

type StepDraft<Kind extends Step['kind']> = {
  -readonly [Key in keyof Extract<Step, { kind: Kind }>]: Extract<Step, { kind: Kind }>[Key]
}

/** What a rule step says beyond its place. */
export interface RuleEvent {
  readonly rule: CompiledRule
  readonly verdict: RuleVerdict
  readonly target: string
  readonly diff: readonly FieldDiff[]
  readonly why: string
  readonly evidence: Evidence
}

/** Adds the step of a rule that matched. */
export function recordRule(run: HookRun, span: TriedSpan, tried: readonly TriedRule[] | null, event: RuleEvent): void {
  const { chain } = span
  const step: StepDraft<'rule'> = {
    kind: 'rule',
    family: chain.family,
    table: chain.table,
    chain: chain.name,
    hook: run.call.hook,
    rule: event.rule.rule.text,
    verdict: event.verdict,
    target: event.target,
    triedBefore: span.end - span.first,
    diff: event.diff,
    why: event.why,
    evidence: event.evidence,
  }
  if (tried !== null) step.tried = tried
  run.steps.push(step)
}

/** Adds the step of a base chain that ran to its end. */
export function recordPolicy(run: HookRun, span: TriedSpan, note: string | null): void {
  const { chain } = span
  const drop = chain.policy === 'DROP'
  const tried = triedRules(run, span)
  const step: StepDraft<'policy'> = {
    kind: 'policy',
    family: chain.family,
    table: chain.table,
    chain: chain.name,
    hook: run.call.hook,
    verdict: drop ? 'drop' : 'accept',
    triedBefore: span.end - span.first,
    diff: NO_FIELDS,
    why: policyWords(chain, drop),
    evidence: evidence(note),
  }
  if (tried !== null) step.tried = tried
  run.steps.push(step)
}

function policyWords(chain: CompiledChain, drop: boolean): string {
  const none =
    chain.rules.length === 0 ? `${chain.table} ${chain.name} has no rules` : `No rule of ${chain.name} decided`
  return `${none}, so its policy does: ${drop ? 'drop' : 'accept'}.`
}

/** Adds the step that says what cannot be told; it is the last one of a hook whose verdict is `cannot-tell`. */
export function recordUnknown(run: HookRun, what: string, why: string): void {
  run.steps.push({ kind: 'unknown', what, diff: NO_FIELDS, why, evidence: FROM_STATE })
  run.reason = why
}

/** Returns the rules of a span with the condition that failed first, or null when nobody asked for them. */
export function triedRules(run: HookRun, span: TriedSpan): readonly TriedRule[] | null {
  if (!run.options.tried) return null
  const { input } = run
  const { asking } = input
  input.asking = 'looking'
  const tried = span.chain.rules
    .slice(span.first, span.end)
    .map(({ rule }) => ({ rule: rule.text, failed: firstFailure(run, rule) }))
  input.asking = asking
  return tried
}

function firstFailure(run: HookRun, rule: IptablesRule): string {
  const failed = rule.matches.find((match) => compileMatch(match, rule.matches)(run.input) === NO)
  return failed === undefined ? '' : `not so: the packet ${explainMatch(failed)}`
}

/** The words of a rule's target never change, so they are made once. */
const knownTargets = new WeakMap<IptablesRule, string>()

/** Returns the words of a rule after `-j` or `-g`: `DNAT --to-destination 172.17.0.2:80`. */
export function targetWords(rule: IptablesRule): string {
  let words = knownTargets.get(rule)
  if (words === undefined) {
    const at = Math.max(rule.text.lastIndexOf(' -j '), rule.text.lastIndexOf(' -g '))
    words = at < 0 ? '' : rule.text.slice(at + 4)
    knownTargets.set(rule, words)
  }
  return words
}
