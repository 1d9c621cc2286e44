import type { Evidence } from '../trace/evidence.ts'
import { alignSequences } from '../trace/align-sequences.ts'
import { placeOf } from '../trace/compare-hops.ts'
import { type JudgingStep, stepKey } from '../trace/compare-steps.ts'
import type { Step } from '../trace/step.ts'
import type { Hop } from '../trace/trace-report.ts'
import { endByRule } from './ending.ts'
import type { HopDraft } from './hop-draft.ts'
import type { Sight } from './sight.ts'

const INFERRED: Evidence = { basis: 'prediction', note: 'This cannot be seen; it is filled in from the prediction.' }

/**
 * Fills in, from the prediction, what taps and rule traces cannot show: routes, neighbours, connections, places that could
 * not be watched, rules of iptables-legacy. Only where both ways are at the same place and what was seen next does not
 * speak against it; each such step says that it is inferred. `reached`: an answer tells that the packet came to its end.
 */
export function fillHops(
  predicted: readonly Hop[],
  seen: readonly HopDraft[],
  { sight, reached }: { readonly sight: Sight; readonly reached: boolean },
): HopDraft[] {
  const pairs = alignSequences(predicted.map(placeOf), seen.map(placeOf))
  const lastSeen = pairs.findLastIndex(([, at]) => at !== null)
  const lastBoth = pairs.findLastIndex(([a, b]) => a !== null && b !== null)
  return pairs.flatMap(([left, right], index) => {
    const hop = left === null ? undefined : predicted[left]
    const own = right === null ? undefined : seen[right]
    if (own === undefined)
      return hop !== undefined && (index < lastBoth || reached) && isHidden(hop, sight) ? [inferHop(hop)] : []
    if (hop === undefined) return [own]
    const next = right === null ? undefined : seen[right + 1]
    return [fillHop(hop, own, { sight, next, last: index >= lastSeen })]
  })
}

function isHidden({ netns, kind }: Hop, sight: Sight): boolean {
  return kind !== 'external' && !sight.shows(netns)
}

/** A place that could not be watched. What became of the packet there is concluded from what was seen elsewhere. */
function inferHop(hop: Hop): HopDraft {
  const steps = hop.steps.filter(({ kind }) => !['deliver', 'proxy', 'drop', 'unknown'].includes(kind))
  return { ...hop, frames: [...hop.frames], steps: steps.map((step) => infer(step)) }
}

function infer(step: Step): Step {
  return { ...step, evidence: INFERRED }
}

interface Around {
  readonly sight: Sight
  readonly next: Hop | undefined
  /** Nothing more was seen of the packet after this place. */
  readonly last: boolean
}

interface AroundStep extends Around {
  /** Something that follows at the same place in the prediction was seen to follow. */
  readonly proven: boolean
}

function fillHop(predicted: Hop, seen: HopDraft, around: Around): HopDraft {
  const pairs = alignSequences(predicted.steps.map(stepKey), seen.steps.map(stepKey))
  const stopped = around.last && endByRule(seen) !== null
  const steps: Step[] = []
  pairs.forEach(([left, right], index) => {
    const step = left === null ? undefined : predicted.steps[left]
    const own = right === null ? undefined : seen.steps[right]
    if (own !== undefined) {
      steps.push(step === undefined ? own : explain(step, own))
      return
    }
    const proven = pairs.slice(index + 1).some(([a, b]) => a !== null && b !== null)
    if (step === undefined || (stopped && !proven)) return
    const filled = fillStep(step, predicted, seen, { ...around, proven })
    if (filled !== null) steps.push(filled)
  })
  return { ...seen, steps }
}

/** What was seen stands; the words for it, and how many rules were tried before, are those of the prediction. */
function explain(predicted: Step, seen: Step): Step {
  if (predicted.kind === 'rule' && seen.kind === 'rule') {
    const { verdict, target, triedBefore, why } = predicted
    const same = isStopping(verdict) === isStopping(seen.verdict)
    return same ? { ...seen, verdict, target, triedBefore, why } : seen
  }
  if (predicted.kind === 'policy' && seen.kind === 'policy')
    return predicted.verdict === seen.verdict
      ? { ...seen, triedBefore: predicted.triedBefore, why: predicted.why }
      : seen
  if (predicted.kind === 'bridge' && seen.kind === 'bridge')
    return predicted.decision === seen.decision ? { ...seen, why: predicted.why } : seen
  return predicted.kind === seen.kind && predicted.kind !== 'originate' ? { ...seen, why: predicted.why } : seen
}

function isStopping(verdict: Extract<Step, { kind: 'rule' }>['verdict']): boolean {
  return verdict === 'drop' || verdict === 'reject'
}

/** Returns a predicted step that was not seen as an inferred one, or null where it should have been, or cannot have, happened. */
function fillStep(step: Step, hop: Hop, seen: Hop, around: AroundStep): Step | null {
  switch (step.kind) {
    case 'rule':
    case 'policy':
      return fillJudging(step, hop, around)
    case 'route':
      return isSeenRoute(step, seen, around) ? infer(step) : null
    case 'neighbor':
      return around.next?.device === step.device ? infer(step) : null
    case 'conntrack':
      return around.last && !around.proven && seen.device !== null ? null : infer(step)
    case 'encapsulate':
    case 'decapsulate':
      return around.last && !around.proven ? null : infer(step)
    case 'cross':
      return around.sight.shows(step.toNetns) ? null : infer(step)
    case 'originate':
    case 'enter':
    case 'exit':
    case 'bridge':
    case 'deliver':
    case 'proxy':
    case 'drop':
    case 'unknown':
      return null
    default:
      return step satisfies never
  }
}

function isSeenRoute(step: Extract<Step, { kind: 'route' }>, seen: Hop, { next, last, proven }: AroundStep): boolean {
  if (proven) return true
  if (step.decision === 'forward') return next?.device === step.device
  return step.decision === 'local' && (last || next?.kind === 'loopback' || next?.netns !== seen.netns)
}

/** Rules that the kernel does not trace show by their counters; a base chain that iptables-nft has not made shows by nothing. */
function fillJudging(step: JudgingStep, hop: Hop, { sight, last, proven }: AroundStep): Step | null {
  if (last && !proven && hop.device !== null) return null
  if (step.kind === 'policy') {
    if (step.verdict === 'drop') return null
    const untraced = !sight.traces(hop.netns, step)
    return untraced || !sight.metChain(hop.netns, step) ? infer(step) : null
  }
  if (sight.traces(hop.netns, step)) return null
  const counted = sight.counted(hop.netns, step)
  if (counted === 'rose')
    return { ...step, evidence: { basis: 'counter', note: 'The counter of this rule rose meanwhile.' } }
  return counted === 'unknown' ? infer(step) : null
}
