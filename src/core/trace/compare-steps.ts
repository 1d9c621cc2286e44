import { AGREES, differs, type Judgement, NOT_OBSERVABLE } from './agreement.ts'
import type { RuleVerdict, Step } from './step.ts'

export type JudgingStep = Extract<Step, { kind: 'rule' | 'policy' }>

/** Tells whether a step is one that a chain decides: what a rule trace shows. */
export function isJudging(step: Step | null | undefined): step is JudgingStep {
  return step?.kind === 'rule' || step?.kind === 'policy'
}

/** Returns a text that two steps share exactly when they are the same doing of the kernel's. */
export function stepKey(step: Step): string {
  switch (step.kind) {
    case 'rule':
      return `rule ${step.family} ${step.table} ${step.chain} ${step.rule}`
    case 'policy':
      return `policy ${step.family} ${step.table} ${step.chain}`
    case 'conntrack':
      return `conntrack ${step.action}`
    default:
      return step.kind
  }
}

/**
 * Returns the verdict on one step; a null side does not have it. Rules and policies are what the kernel's rule trace
 * shows, so a missing one differs; what cannot be seen (routes, neighbours, crossings) is compared only where it was.
 */
export function compareSteps(predicted: Step | null, observed: Step | null): Judgement {
  if (observed?.evidence.basis === 'prediction') return NOT_OBSERVABLE
  if (isJudging(predicted) && predicted.evidence.basis === 'assumed') return NOT_OBSERVABLE
  if (isJudging(predicted) || isJudging(observed)) return compareJudging(predicted, observed)
  if (predicted === null || observed === null) return NOT_OBSERVABLE
  if (predicted.kind === 'drop' && observed.kind === 'drop' && observed.evidence.basis === 'drop-reason')
    return compareReasons(predicted.reason, observed.reason)
  if (predicted.kind === 'conntrack' && observed.kind === 'conntrack' && predicted.state !== observed.state)
    return differs(`Predicted connection state ${predicted.state}, observed ${observed.state}.`)
  // What a bridge makes of a frame is concluded from its ports, whose frames are compared themselves.
  if (predicted.kind === 'bridge' && observed.kind === 'bridge' && predicted.decision !== observed.decision)
    return { ...NOT_OBSERVABLE, remark: `Predicted to ${predicted.decision}; the ports show ${observed.decision}.` }
  return AGREES
}

function compareJudging(predicted: Step | null, observed: Step | null): Judgement {
  if (!isJudging(observed))
    return isJudging(predicted) ? differs(`Predicted ${wordJudging(predicted)}; the kernel did not take it.`) : AGREES
  if (!isJudging(predicted)) return differs(`The kernel took ${wordJudging(observed)}, which is not predicted.`)
  const same = stepKey(predicted) === stepKey(observed) && effectOf(predicted.verdict) === effectOf(observed.verdict)
  return same ? AGREES : differs(`Predicted ${wordJudging(predicted)}; the kernel took ${wordJudging(observed)}.`)
}

/** Names that the kernel gives (`IP_RPFILTER`) can be held against each other; Hopwire's own short ones cannot. */
function compareReasons(predicted: string, observed: string): Judgement {
  const [left, right] = [predicted, observed].map((reason) => /^[A-Z][A-Z0-9_]+$/.test(reason))
  if (left !== true || right !== true || predicted === observed) return AGREES
  return differs(`Predicted drop reason ${predicted}, observed ${observed}.`)
}

/** A rule trace says ACCEPT of rules that translate, too: what is compared is what becomes of the packet. */
function effectOf(verdict: RuleVerdict): 'stops' | 'passes' | 'moves' | 'goes on' {
  switch (verdict) {
    case 'drop':
    case 'reject':
    case 'queue':
      return 'stops'
    case 'accept':
    case 'dnat':
    case 'snat':
    case 'masquerade':
    case 'redirect':
    case 'netmap':
      return 'passes'
    case 'jump':
    case 'goto':
    case 'return':
      return 'moves'
    case 'continue':
    case 'mark':
    case 'notrack':
      return 'goes on'
    default:
      return verdict satisfies never
  }
}

/** Tells whether a step ends the packet's way. */
export function isStop(step: Step): boolean {
  return step.kind === 'drop' || (isJudging(step) && effectOf(step.verdict) === 'stops')
}

/** Tells whether a step lets the packet pass its base chain. */
export function isPass(step: Step): boolean {
  return isJudging(step) && effectOf(step.verdict) === 'passes'
}

/** Returns a rule or a policy as a reader knows it: the rule in backquotes, `the policy DROP of filter FORWARD`. */
export function wordJudging(step: JudgingStep): string {
  if (step.kind === 'rule' && step.rule === '') return `a rule of ${step.table} ${step.chain} whose words are not known`
  if (step.kind === 'rule') return `\`${step.rule}\``
  return `the policy ${step.verdict.toUpperCase()} of ${step.table} ${step.chain}`
}
