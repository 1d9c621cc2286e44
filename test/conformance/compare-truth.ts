import type { Truth, TruthFrame, TruthRule } from './truth.ts'
import { showFrame, showRule } from './truth.ts'

/** One way in which a prediction and the kernel differ, with both sides in words. */
export interface Disagreement {
  readonly about: 'outcome' | 'frames' | 'rules'
  readonly predicted: readonly string[]
  readonly observed: readonly string[]
}

const sameLines = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((line, index) => line === right[index])

/**
 * Frames of different namespaces have no common clock: the order is compared within each namespace. Fragments after the
 * first are packets of their own that may overtake one another between two devices: their order is compared on its own.
 */
function framesByNamespace(truth: Truth): string[] {
  const names = [...new Set(truth.frames.map((frame) => frame.netns))].sort()
  return names.flatMap((name) => {
    const own = truth.frames.filter((frame) => frame.netns === name)
    const aside = (frame: TruthFrame): boolean => isLaterFragment(frame) || isRedirect(frame)
    return [...own.filter((frame) => !aside(frame)), ...own.filter(isLaterFragment), ...own.filter(isRedirect)].map(
      showFrame,
    )
  })
}

/** The host sends a redirect while it forwards the packet that it is about. */
const isRedirect = ({ icmp }: TruthFrame): boolean => icmp?.startsWith('5/') === true

/** Only the first fragment carries the ports or the ICMP header. */
const isLaterFragment = ({ protocol, sourcePort, icmp }: TruthFrame): boolean =>
  (protocol === 'tcp' || protocol === 'udp' || protocol === 'icmp') && sourcePort === null && icmp === null

const ruleLines = (rules: readonly TruthRule[]): string[] =>
  rules.map((rule) => `${showRule(rule)} x${rule.times}`).sort()

/** Everything in which the two differ; empty when they agree. Nothing is left out and nothing is rounded. */
export function compareTruth(predicted: Truth, observed: Truth): Disagreement[] {
  const sides: readonly (readonly [Disagreement['about'], readonly string[], readonly string[]])[] = [
    ['outcome', [predicted.outcome], [observed.outcome]],
    ['frames', framesByNamespace(predicted), framesByNamespace(observed)],
    ['rules', ruleLines(predicted.rules), ruleLines(observed.rules)],
  ]
  return sides.flatMap(([about, left, right]) =>
    sameLines(left, right) ? [] : [{ about, predicted: left, observed: right }],
  )
}
