import type { FieldDiff } from '../../net/packet.ts'
import type { RuleVerdict, TriedRule } from '../../trace/step.ts'
import type { HookRun } from '../hook-run.ts'
import { evidence, NO_FIELDS } from '../record-step.ts'
import type { CompiledNftChain, CompiledNftRule } from './compile-nft.ts'
import { describeExpression } from './expression/compile-expression.ts'

/** Which rules of a chain were looked at since the chain's last step: from `first` up to and without `end`. */
export interface NftSpan {
  readonly chain: CompiledNftChain
  readonly first: number
  readonly end: number
}

/** What a rule step says beyond its place. */
export interface NftEvent {
  readonly verdict: RuleVerdict
  readonly target: string
  readonly diff: readonly FieldDiff[]
  readonly why: string
  readonly note: string | null
  readonly assumed: boolean
}

/** Adds the step of a native rule that matched. */
export function recordNftRule(
  run: HookRun,
  { rule }: CompiledNftRule,
  span: NftSpan,
  tried: readonly TriedRule[] | null,
  event: NftEvent,
): void {
  run.steps.push({
    kind: 'rule',
    ...placeOf(run, span.chain),
    rule: rule.text,
    verdict: event.verdict,
    target: event.target,
    triedBefore: span.end - span.first,
    ...(tried === null ? {} : { tried }),
    diff: event.diff,
    why: event.why,
    evidence: evidence(event.note, event.assumed),
  })
}

/** Adds the step of a native base chain that ran to its end. */
export function recordNftPolicy(run: HookRun, span: NftSpan, note: string | null): void {
  const { chain } = span
  const verdict = chain.policy ?? 'accept'
  const tried = triedNftRules(run, span)
  const none =
    chain.rules.length === 0 ? `${chain.table} ${chain.name} has no rules` : `No rule of ${chain.name} decided`
  run.steps.push({
    kind: 'policy',
    ...placeOf(run, chain),
    verdict,
    triedBefore: span.end - span.first,
    ...(tried === null ? {} : { tried }),
    diff: NO_FIELDS,
    why: `${none}, so its policy does: ${verdict}.`,
    evidence: evidence(note),
  })
}

function placeOf(run: HookRun, { family, table, name }: CompiledNftChain) {
  return { family, table, chain: name, hook: run.call.hook }
}

/** Returns the rules of a span with what failed of each, or null when nobody asked for them. */
export function triedNftRules(run: HookRun, { chain, first, end }: NftSpan): readonly TriedRule[] | null {
  if (!run.options.tried) return null
  return chain.rules.slice(first, end).map((rule) => ({ rule: rule.rule.text, failed: firstFailure(run, rule) }))
}

/** Conditions only are asked again: everything else could change the packet. */
function firstFailure(run: HookRun, { rule, statements }: CompiledNftRule): string {
  const at = statements.findIndex(({ reads, take }) => reads && take(run).kind === 'fails')
  const failed = rule.statements[at]
  if (failed?.kind !== 'match') return 'not so: it has nothing for this packet'
  const operator = failed.operator === '==' || failed.operator === 'in' ? '' : `${failed.operator} `
  return `not so: the packet fits ${describeExpression(failed.left)} ${operator}${describeExpression(failed.right)}`
}
