import type { HostState } from '../host/host-state.ts'
import type { DivergencePlace, ExchangeComparison } from './compare-reports.ts'
import { isJudging, isPass, isStop, type JudgingStep, wordJudging } from './compare-steps.ts'
import { describeFrame } from './compare-frames.ts'
import { nameOrigin } from './name-origin.ts'
import type { Step } from './step.ts'
import type { Exchange, Frame, Hop, Trace, TraceReport } from './trace-report.ts'

/** What a divergence is named from. */
export interface DivergenceInput {
  readonly predicted: TraceReport
  readonly observed: TraceReport
  readonly exchanges: readonly ExchangeComparison[]
  readonly first: DivergencePlace
  /** The state that was predicted from, where it is at hand. */
  readonly host: HostState | null
}

/** Returns the first difference of two reports in one sentence for a reader: what was predicted, and what the kernel did. */
export function nameDivergence(input: DivergenceInput): string {
  const { exchanges, first } = input
  const exchange = exchanges[first.exchange] as ExchangeComparison
  const [a, b] = [sideOf(input, 'predicted'), sideOf(input, 'observed')]
  const subject = subjectOf(exchange, first.direction, a?.exchange ?? b?.exchange ?? null)
  if (a === null || b === null) return exchange.remark ?? `${exchange.label} is not in both.`
  if (a.trace === null || b.trace === null || first.hop === null) return nameFate(a.trace, b.trace, subject)
  const hop = exchange[first.direction][first.hop]
  const line = first.line === null ? undefined : hop?.lines[first.line]
  if (hop === undefined || line === undefined) return nameFate(a.trace, b.trace, subject)
  const sides: Sides = {
    subject,
    place: hop.place,
    predicted: hopOf(a.trace, hop.predicted),
    observed: hopOf(b.trace, hop.observed),
    traces: [a.trace, b.trace],
  }
  if (line.part === 'frame')
    return nameFrame(
      sides,
      pick(sides.predicted?.frames, line.predicted),
      pick(sides.observed?.frames, line.observed),
      line.remark,
    )
  return nameStep(sides, line.predicted, line.observed, input, line.remark)
}

interface Side {
  readonly exchange: Exchange
  readonly trace: Trace | null
}

interface Sides {
  readonly subject: string
  readonly place: string
  readonly predicted: Hop | null
  readonly observed: Hop | null
  readonly traces: readonly [Trace, Trace]
}

function sideOf(input: DivergenceInput, side: 'predicted' | 'observed'): Side | null {
  const index = input.exchanges[input.first.exchange]?.[side] ?? null
  const exchange = index === null ? undefined : input[side].exchanges[index]
  return exchange === undefined ? null : { exchange, trace: exchange[input.first.direction] }
}

function hopOf(trace: Trace, index: number | null): Hop | null {
  return index === null ? null : (trace.hops[index] ?? null)
}

function pick<T>(list: readonly T[] | undefined, index: number | null): T | null {
  return index === null ? null : (list?.[index] ?? null)
}

function subjectOf(exchange: ExchangeComparison, direction: 'forward' | 'reply', one: Exchange | null): string {
  const what = direction === 'forward' ? 'the packet' : 'the answer'
  return one?.main === true ? what : `${what} of ${exchange.label}`
}

function nameFate(predicted: Trace | null, observed: Trace | null, subject: string): string {
  if (predicted === null) return `The prediction has no answer here, and one was observed: ${observed?.reason ?? ''}`
  if (observed === null) return `The prediction has ${subject} come back (${trim(predicted.reason)}); none was seen.`
  return `The prediction has ${subject} ${wordFate(predicted)}; it was observed ${wordFate(observed)}: ${sentence(observed.reason)}`
}

function wordFate({ disposition }: Trace): string {
  return disposition === 'leaves-host' ? 'leaving the host' : disposition.replaceAll('-', ' ')
}

function nameFrame(sides: Sides, predicted: Frame | null, observed: Frame | null, remark: string | null): string {
  const { subject, place } = sides
  if (predicted !== null && observed !== null) return remark ?? `The frames at ${place} differ.`
  const frame = (predicted ?? observed) as Frame
  const way = frame.direction === 'in' ? 'come in at' : 'go out at'
  const shown = describeFrame(frame)
  if (predicted === null) return `${capital(subject)} was seen to ${way} ${place}, which is not predicted: ${shown}.`
  return `The prediction has ${subject} ${way} ${place} (${shown}); no such frame was seen there${endOf(sides.traces)}.`
}

/** Where the two ends differ, what was seen of the other end says why the frame is missing. */
function endOf([predicted, observed]: readonly [Trace, Trace]): string {
  if (predicted.disposition === observed.disposition) return ''
  return `: the packet was ${wordFate(observed)} (${trim(observed.reason)})`
}

function nameStep(
  sides: Sides,
  left: number | null,
  right: number | null,
  input: DivergenceInput,
  remark: string | null,
): string {
  const [a, b] = [pick(sides.predicted?.steps, left), pick(sides.observed?.steps, right)]
  if (!isJudging(a) && !isJudging(b))
    return remark === null ? `The steps at ${sides.place} differ.` : `At ${sides.place}: ${remark}`
  const hook = (isJudging(b) ? b : (a as JudgingStep)).hook
  const predicted = decisionFrom(sides.predicted, left, hook)
  const observed = decisionFrom(sides.observed, right, hook)
  const { subject } = sides
  const origin = (step: JudgingStep) => nameOrigin(step, sides.place.split(' ')[0] ?? '', input)
  const would =
    predicted === null ? null : `The prediction has ${subject} ${did(predicted)} by ${wordJudging(predicted)}`
  if (observed !== null && isStop(observed)) {
    const before = would ?? `The prediction has ${subject} pass ${hook.toUpperCase()}`
    return `${before}; the kernel ${stopWord(observed)} it at ${wordJudging(observed)}${origin(observed)}.`
  }
  if (predicted !== null && isStop(predicted)) {
    const instead = observed === null ? 'the kernel let it go on' : `the kernel accepted it by ${wordJudging(observed)}`
    return `${would}; ${instead}${isJudging(b) ? origin(b) : ''}.`
  }
  return nameOther(sides, a, b, hook, origin)
}

function nameOther(
  sides: Sides,
  a: Step | null,
  b: Step | null,
  hook: string,
  origin: (step: JudgingStep) => string,
): string {
  const where = `In ${hook.toUpperCase()} of ${sides.place.split(' ')[0]}`
  const would = isJudging(a) ? `${sides.subject} taken by ${wordJudging(a)}` : 'no further rule'
  const was = isJudging(b) ? `the kernel took ${wordJudging(b)}${origin(b)}` : 'the kernel did not take it'
  return `${where} the prediction has ${would}; ${was}.`
}

/** The first step from here on, in the same hook, that ends the packet's turn: it is what a reader wants to know. */
function decisionFrom(hop: Hop | null, from: number | null, hook: string): JudgingStep | null {
  const steps = hop?.steps ?? []
  const rest = from === null ? steps : steps.slice(from)
  const decisive = rest.find(
    (step): step is JudgingStep => isJudging(step) && step.hook === hook && (isStop(step) || isPass(step)),
  )
  return decisive ?? null
}

function did(step: JudgingStep): string {
  if (isStop(step)) return step.verdict === 'reject' ? 'rejected' : 'dropped'
  return step.verdict === 'accept' ? 'accepted' : 'translated'
}

function stopWord(step: JudgingStep): string {
  return step.verdict === 'reject' ? 'rejected' : step.verdict === 'queue' ? 'queued' : 'dropped'
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function trim(text: string): string {
  return text.replace(/[.\s]+$/, '')
}

function sentence(text: string): string {
  return `${trim(text)}.`
}
