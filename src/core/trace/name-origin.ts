import type { HostState } from '../host/host-state.ts'
import { isJudging, type JudgingStep } from './compare-steps.ts'
import type { TraceReport } from './trace-report.ts'

/**
 * Returns what is known of a rule that the kernel took and the prediction did not, as the end of a sentence: that it was
 * looked at and why it was taken not to match, or that it is new; empty where neither is known. `host` is the state that
 * was predicted from.
 */
export function nameOrigin(
  step: JudgingStep,
  netns: string,
  { predicted, host }: { readonly predicted: TraceReport; readonly host: HostState | null },
): string {
  if (step.kind !== 'rule' || step.rule === '') return ''
  const tried = whyNotMatched(predicted, step.rule)
  if (tried !== null) return `, which the prediction looked at and took not to match (${tried})`
  const known = host === null ? null : rulesOf(host, netns)
  return known === null || known.has(step.rule) ? '' : ', which was not there when the host was read'
}

function whyNotMatched(report: TraceReport, rule: string): string | null {
  for (const { forward, reply } of report.exchanges) {
    for (const step of [...forward.hops, ...(reply?.hops ?? [])].flatMap((hop) => hop.steps)) {
      const found = isJudging(step) ? step.tried?.find((each) => each.rule === rule) : undefined
      if (found !== undefined) return found.failed
    }
  }
  return null
}

/** Null where the rules of the namespace could not be read: then nothing is known to be new. */
function rulesOf(host: HostState, netns: string): ReadonlySet<string> | null {
  const rulesets = host.namespaces.find(({ name }) => name === netns)?.rulesets
  const { iptables, nft } = rulesets ?? { iptables: null, nft: null }
  if (iptables === null || nft === null) return null
  const rules = [
    ...iptables.flatMap((table) => table.chains.flatMap((chain) => chain.rules)),
    ...nft.flatMap((table) => table.chains.flatMap((chain) => chain.rules)),
  ]
  return new Set(rules.map(({ text }) => text))
}
