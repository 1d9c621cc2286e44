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
 * first are packets of their own that may overtake one another between two devices: their order is compared on its own, as is
 * that of redirects and of neighbour discovery.
 */
function framesByNamespace(truth: Truth): string[] {
  const names = [...new Set(truth.frames.map((frame) => frame.netns))].sort()
  return names.flatMap((name) => {
    const own = truth.frames.filter((frame) => frame.netns === name)
    const aside = [isLaterFragment, isRedirect, isDiscovery]
    const main = own.filter((frame) => !aside.some((test) => test(frame)))
    return [...main, ...aside.flatMap((test) => own.filter(test))].map(showFrame)
  })
}

/** The host sends a redirect while it forwards the packet that it is about. */
const isRedirect = ({ protocol, icmp }: TruthFrame): boolean =>
  icmp?.startsWith(protocol === 'icmp' ? '5/' : '137/') === true

/** A neighbour is asked for by a kernel that has the packet waiting, while copies of it may be under way elsewhere. */
const isDiscovery = ({ protocol, icmp }: TruthFrame): boolean =>
  protocol === 'icmpv6' && (icmp === '135/0' || icmp === '136/0')

/** Only the first fragment carries the ports or the ICMP header. */
const isLaterFragment = ({ protocol, sourcePort, icmp }: TruthFrame): boolean =>
  (protocol === 'tcp' || protocol === 'udp' || protocol === 'icmp' || protocol === 'icmpv6') &&
  sourcePort === null &&
  icmp === null

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
