import type { NftVerdict } from '../../host/nft.ts'
import type { FieldDiff } from '../../net/packet.ts'
import type { RuleVerdict, TriedRule } from '../../trace/step.ts'
import type { HookRun, Outcome } from '../hook-run.ts'
import { recordUnknown } from '../record-step.ts'
import type { StatementResult } from '../statement/statement.ts'
import { applyVerdict } from '../statement/verdict.ts'
import { actionWords, type CompiledNftRule } from './compile-nft.ts'
import { type NftSpan, recordNftRule, triedNftRules } from './record-nft.ts'
import type { CompiledStatement, Taken } from './statement/taken.ts'
import { enterNftChain, leaveNftChain, type NftFrame, type NftWalk } from './nft-walk.ts'

/** One rule's turn, and what its statements have done so far. */
interface Turn {
  readonly run: HookRun
  readonly walk: NftWalk
  readonly frame: NftFrame
  readonly rule: CompiledNftRule
  readonly span: NftSpan
  readonly tried: readonly TriedRule[] | null
  readonly diff: FieldDiff[]
  verdict: RuleVerdict
  why: string | null
  note: string | null
  /** The first statement that could not be told. */
  open: OpenQuestion | null
}

/** A statement that cannot be told, in a rule that would do something. `likely`: it holds for a packet that comes alone. */
export interface OpenQuestion {
  readonly at: number
  readonly what: string
  readonly likely: boolean
}

/** What became of a rule's turn: an outcome, or a question that has to be settled first. */
export type RuleOutcome = Outcome | OpenQuestion

/**
 * Takes the statements of a rule in turn; `continue` goes on with the walk. `from` and `note` take a rule up again behind a
 * statement that cannot be told, with what is assumed of it.
 */
export function takeRule(
  run: HookRun,
  walk: NftWalk,
  frame: NftFrame,
  rule: CompiledNftRule,
  from = 0,
  note: string | null = null,
): RuleOutcome {
  const { statements } = rule
  let turn: Turn | null = null
  for (let at = from; at < statements.length; at++) {
    const statement = statements[at] as CompiledStatement
    const question = turn === null || statement.reads ? null : turn.open
    if (question !== null) return question
    const taken = statement.take(run)
    if (taken.kind === 'holds') continue
    if (taken.kind === 'fails') return turn === null || turn.diff.length === 0 ? 'continue' : conclude(turn)
    turn ??= beginTurn(run, walk, frame, rule, note)
    const outcome = act(turn, taken, at)
    if (outcome !== null) return outcome
  }
  return conclude(turn ?? beginTurn(run, walk, frame, rule, note))
}

function beginTurn(run: HookRun, walk: NftWalk, frame: NftFrame, rule: CompiledNftRule, note: string | null): Turn {
  const span = { chain: frame.chain, first: frame.first, end: frame.next - 1 }
  const tried = triedNftRules(run, span)
  return { run, walk, frame, rule, span, tried, diff: [], verdict: 'continue', why: null, note, open: null }
}

type Told = Exclude<Taken, { readonly kind: 'holds' | 'fails' }>

/** Returns null where the rule's next statement is to be taken. */
function act(turn: Turn, taken: Told, at: number): Outcome | null {
  switch (taken.kind) {
    case 'unknown':
      turn.open ??= { at, what: taken.what, likely: taken.likely }
      return null
    case 'verdict':
      return move(turn, taken.verdict)
    case 'effect': {
      const { result } = taken
      if (result.next === 'cannot-tell') return endUnknown(turn, result.why)
      addResult(turn, result)
      return result.next === 'continue' ? null : finish(turn, result.next)
    }
    default:
      return taken satisfies never
  }
}

function addResult(turn: Turn, result: StatementResult): void {
  turn.verdict = result.verdict
  turn.diff.push(...result.diff)
  turn.why = result.why
  turn.note = result.note ?? turn.note
}

/** A rule that came to its end without a verdict: it counted, or it marked. */
function conclude(turn: Turn): Outcome {
  if (turn.open !== null) {
    turn.note = `${turn.open.what} is not evaluated: the rule may not have counted`
    turn.why ??= `Whether the packet fits ${turn.open.what} cannot be told, but this rule changes nothing.`
  }
  turn.why ??= `${turn.rule.because}, this rule counts it and does nothing else.`
  record(turn, actionWords(turn.rule.rule))
  return 'continue'
}

function finish(turn: Turn, next: Outcome): Outcome {
  const { run, rule, span } = turn
  record(turn, actionWords(rule.rule))
  if (next === 'drop') run.reason = `dropped by ${place(span)}: ${rule.rule.text}`
  if (next === 'reject') {
    run.reason = `rejected by ${place(span)}: ${rule.rule.text}`
    run.reject = { with: run.reject?.with ?? 'icmp-port-unreachable', rule: rule.rule.text }
  }
  return next
}

function record(turn: Turn, target: string): void {
  const { run, walk, frame, rule, span, tried, verdict, diff, why, note } = turn
  frame.first = frame.next
  const event = { verdict, target, diff, why: why ?? '', note: note ?? walk.note, assumed: note !== null }
  recordNftRule(run, rule, span, tried, event)
}

/** Acts on a verdict: ends the walk, or moves to another chain. */
function move(turn: Turn, verdict: NftVerdict): Outcome {
  const { walk, frame, rule } = turn
  switch (verdict.kind) {
    case 'accept':
    case 'drop':
      addResult(turn, applyVerdict({ kind: verdict.kind }, rule.because))
      return finish(turn, verdict.kind)
    case 'continue':
      return conclude(turn)
    case 'return':
      turn.verdict = 'return'
      turn.why = `${rule.because}, the rest of this chain is left out.`
      record(turn, '')
      leaveNftChain(walk, frame, frame.next)
      return 'continue'
    case 'queue':
      return endUnknown(turn, 'a program decides, to which this rule hands the packet')
    case 'jump':
    case 'goto':
      return moveTo(turn, verdict.kind, verdict.chain)
    default:
      return verdict satisfies never
  }
}

function moveTo(turn: Turn, kind: 'jump' | 'goto', name: string): Outcome {
  const { walk, frame, rule } = turn
  const chain = frame.chain.siblings.get(name)
  if (chain === undefined) return endUnknown(turn, `there is no chain ${name} to go to`)
  turn.verdict = kind
  turn.why = `${rule.because}, the rules of ${name} are asked${kind === 'goto' ? ', for good' : ''}.`
  record(turn, name)
  if (kind === 'goto') leaveNftChain(walk, frame, frame.next)
  return enterNftChain(walk, chain)
    ? 'continue'
    : endUnknown(turn, `chain ${name} is reached by jumps that go too deep or in a circle`)
}

/** Adds the step of a rule of which it cannot be told whether it fits, and which makes no difference. */
export function recordUndecided(
  run: HookRun,
  walk: NftWalk,
  frame: NftFrame,
  rule: CompiledNftRule,
  what: string,
  note: string,
): void {
  const turn = beginTurn(run, walk, frame, rule, note)
  turn.why = `Whether the packet fits ${what} cannot be told, but it fares the same either way.`
  record(turn, '')
}

/** Ends the walk at a rule, for what cannot be told of it. */
export function endAtRule(run: HookRun, frame: NftFrame, rule: CompiledNftRule, problem: string): 'cannot-tell' {
  const span = { chain: frame.chain, first: frame.first, end: frame.next - 1 }
  return endUnknown({ run, span, rule }, problem)
}

function endUnknown({ run, span, rule }: Pick<Turn, 'run' | 'span' | 'rule'>, problem: string): 'cannot-tell' {
  const what = `${place(span)}: ${rule.rule.text}`
  recordUnknown(run, what, `Cannot tell what becomes of the packet at ${what}: ${problem}.`)
  return 'cannot-tell'
}

function place({ chain }: NftSpan): string {
  return `nftables table ${chain.family} ${chain.table}, chain ${chain.name}`
}
