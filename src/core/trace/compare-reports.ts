import type { HostState } from '../host/host-state.ts'
import { type Agreement, differs, type Judgement, verdictOf } from './agreement.ts'
import type { HopComparison } from './compare-hops.ts'
import { type Openness, opennessOf } from './compare-frames.ts'
import { compareTraces } from './compare-traces.ts'
import { isJudging } from './compare-steps.ts'
import { isNeighborExchange } from './is-neighbor-exchange.ts'
import { nameDivergence } from './name-divergence.ts'
import { pairExchanges } from './pair-exchanges.ts'
import type { Exchange, Trace, TraceReport } from './trace-report.ts'

export type { Agreement } from './agreement.ts'

/**
 * One exchange of both reports, laid side by side: indices into their `exchanges`. A null side means that the other one
 * alone has the exchange; `remark` then says what to think of it.
 */
export interface ExchangeComparison {
  readonly label: string
  readonly predicted: number | null
  readonly observed: number | null
  readonly verdict: Agreement
  readonly remark: string | null
  readonly forward: readonly HopComparison[]
  readonly reply: readonly HopComparison[]
  /** Whether the packet, and its answer, became what was predicted of them; null for an answer that neither side has. */
  readonly fates: { readonly forward: Judgement | null; readonly reply: Judgement | null }
}

/** Where two reports part first: indices into the comparison; null `hop` for a fate or a whole way, null `line` for a whole place. */
export interface DivergencePlace {
  readonly exchange: number
  readonly direction: 'forward' | 'reply'
  readonly hop: number | null
  readonly line: number | null
}

/** Two reports of one flow. `divergence` is the first difference in the order of the conversation, one sentence. */
export interface ReportComparison {
  readonly agrees: boolean
  readonly divergence: string | null
  readonly first: DivergencePlace | null
  readonly exchanges: readonly ExchangeComparison[]
}

/**
 * Lays a predicted and an observed report of one flow side by side: exchange by exchange (paired by what they are and
 * whom they ask), hop by hop, rule by rule. A question for a neighbour that one side alone has is shown and is no
 * difference, since neighbour entries age; nor is what a machine outside, or a program, is merely assumed to answer.
 * `host` is the state that was predicted from: with it the sentence of the divergence can say that a rule is new.
 */
export function compareReports(
  predicted: TraceReport,
  observed: TraceReport,
  host: HostState | null = null,
): ReportComparison {
  const pairs = pairExchanges(predicted.exchanges, observed.exchanges)
  const silent = pairs.some(([left, right]) =>
    isSilent(predicted.exchanges[left ?? -1], observed.exchanges[right ?? -1]),
  )
  const exchanges = pairs.map(([left, right]) => compareExchange(left, right, predicted, observed, silent))
  const first = findFirst(exchanges)
  const divergence = first === null ? null : nameDivergence({ predicted, observed, exchanges, first, host })
  return { agrees: first === null, divergence, first, exchanges }
}

/** An answer was assumed, and none came. */
function isSilent(predicted: Exchange | undefined, observed: Exchange | undefined): boolean {
  const answer = predicted?.reply ?? null
  return answer !== null && isAssumed(answer) && observed?.reply === null
}

function compareExchange(
  left: number | null,
  right: number | null,
  predicted: TraceReport,
  observed: TraceReport,
  silent: boolean,
): ExchangeComparison {
  const a = left === null ? null : (predicted.exchanges[left] ?? null)
  const b = right === null ? null : (observed.exchanges[right] ?? null)
  const { label } = (a ?? b) as Exchange
  const sides = { label, predicted: left, observed: right }
  const nothing = { forward: [], reply: [], fates: { forward: null, reply: null } }
  if (a === null || b === null) return { ...sides, ...judgeLone(a, b, silent), ...nothing }
  const openness = opennessOf(a.forward, b.forward, !a.main)
  const forward = compareTraces(a.forward, b.forward, openness)
  const reply = compareAnswers(a, b, openness, forward.agrees)
  const fates = { forward: forward.fate, reply: reply.fate }
  const parts = [...forward.hops, forward.fate, ...reply.hops, ...(reply.fate === null ? [] : [reply.fate])]
  return { ...sides, verdict: verdictOf(parts), remark: null, forward: forward.hops, reply: reply.hops, fates }
}

function judgeLone(predicted: Exchange | null, observed: Exchange | null, silent: boolean): Judgement {
  const { label } = (predicted ?? observed) as Exchange
  if (isNeighborExchange((predicted ?? observed) as Exchange)) {
    const who = predicted === null ? 'The kernel asked for it' : 'The kernel knew it already'
    return {
      verdict: 'not-observable',
      remark: `${who}: neighbour entries come and go, and the packet's way is the same.`,
    }
  }
  if (observed === null && predicted?.protocol === 'dns')
    return { verdict: 'not-observable', remark: 'Not observed: the name was asked for before anything watched.' }
  if (observed === null && silent && label.endsWith(' the answer'))
    return { verdict: 'not-observable', remark: 'The answer that it is about is assumed, and none was seen.' }
  return predicted === null
    ? differs(`${label} was observed and is not predicted.`)
    : differs(`${label} is predicted and was not observed.`)
}

interface AnswerComparison {
  readonly hops: readonly HopComparison[]
  readonly fate: Judgement | null
}

function compareAnswers(
  predicted: Exchange,
  observed: Exchange,
  question: Openness,
  agreed: boolean,
): AnswerComparison {
  const [a, b] = [predicted.reply, observed.reply]
  if (a === null && b === null) return { hops: [], fate: null }
  if (a !== null && b !== null && !otherKind(a, b)) return compareTraces(a, b, opennessOf(a, b, false, question))
  const open = (remark: string): AnswerComparison => ({ hops: [], fate: { verdict: 'not-observable', remark } })
  const isOpen = a === null ? comesFromOutside(b) : isAssumed(a)
  if (a !== null && b === null && showsNothing(a))
    return open('The predicted answer ends before anything could show it.')
  if (b === null && isOpen) return open('An answer is assumed, and none was seen.')
  if (a === null && isOpen) return open('Whether a machine outside answers is not predicted; it did.')
  if (a !== null && isOpen) return open('Another answer came than the one that is assumed.')
  if (a === null && predicted.forward.disposition === 'cannot-tell') return open('The prediction cannot tell this.')
  if (b === null && observed.forward.disposition === 'cannot-tell' && agreed)
    return open('The observation cannot tell this.')
  return { hops: [], fate: differs(wordMissing(a, b)) }
}

function wordMissing(predicted: Trace | null, observed: Trace | null): string {
  if (predicted === null) return 'An answer was observed and is not predicted.'
  return observed === null
    ? 'An answer is predicted and was not seen.'
    : 'Another answer came than the one that is predicted.'
}

/** A machine outside, or a program, is assumed to answer: nothing on this host says that it does. */
function isAssumed(answer: Trace): boolean {
  const first = answer.hops[0]?.steps[0]
  return first?.kind === 'originate' && first.evidence.basis === 'assumed'
}

/** Neither a device nor a rule has it: its sender had no way to send it. */
function showsNothing({ hops }: Trace): boolean {
  return hops.every(({ frames, steps }) => frames.length === 0 && !steps.some(isJudging))
}

function comesFromOutside(answer: Trace | null): boolean {
  return answer?.hops[0]?.netns === 'external'
}

/** An error or a reset in place of the answer that was assumed. */
function otherKind(a: Trace, b: Trace): boolean {
  const kind = ({ hops }: Trace) => {
    const packet = hops[0]?.packet
    return `${packet?.protocol} ${packet?.icmp?.type ?? ''} ${packet?.tcpFlags?.includes('rst') ?? false}`
  }
  return kind(a) !== kind(b)
}

function findFirst(exchanges: readonly ExchangeComparison[]): DivergencePlace | null {
  for (const [index, exchange] of exchanges.entries()) {
    if (exchange.verdict !== 'differs') continue
    for (const direction of ['forward', 'reply'] as const) {
      const hop = exchange[direction].findIndex(({ verdict }) => verdict === 'differs')
      const line = exchange[direction][hop]?.lines.findIndex(({ verdict }) => verdict === 'differs') ?? -1
      if (hop >= 0) return { exchange: index, direction, hop, line: line < 0 ? null : line }
      if (exchange.fates[direction]?.verdict === 'differs') return { exchange: index, direction, hop: null, line: null }
    }
    return { exchange: index, direction: 'forward', hop: null, line: null }
  }
  return null
}
