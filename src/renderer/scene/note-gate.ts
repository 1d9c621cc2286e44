import type { FieldDiff } from '../../core/net/packet.ts'
import type { Step } from '../../core/trace/step.ts'
import type { TimelineEvent } from '../playback/timeline.ts'

/** What a gate says about the packet that passed it: a verdict, two lines, and the field that it changed. */
export interface GateNote {
  readonly verdict: 'ok' | 'drop' | 'unknown' | null
  readonly lines: readonly [string, string]
  /** The last rewrite made here; shown in the second line. */
  readonly change: FieldDiff | null
  /** The event that made the change, so that it can flip while that event plays. */
  readonly changedBy: number | null
}

const ADDRESSING = /^(ip|ipv6)\.(src|dst)$|^(tcp|udp|sctp)\.(srcport|dstport)$/

const MOVES: ReadonlySet<string> = new Set(['jump', 'goto', 'return', 'continue', 'mark'])

/** Returns what a gate says after the given events, all of one packet at that gate, in order. */
export function noteGate(events: readonly TimelineEvent[]): GateNote {
  const steps = events.flatMap((event) => event.step ?? [])
  const changing = events.findLast((event) => rewriteOf(event.step) !== null)
  const change = changing === undefined ? null : rewriteOf(changing.step)
  return {
    verdict: verdictOf(steps),
    lines: [summarize(steps), change === null ? detailOf(steps) : `${change.before} → ${change.after}`],
    change,
    changedBy: changing?.index ?? null,
  }
}

function rewriteOf(step: Step | null): FieldDiff | null {
  return step?.diff.find((diff) => ADDRESSING.test(diff.field)) ?? null
}

function verdictOf(steps: readonly Step[]): GateNote['verdict'] {
  const last = steps.at(-1)
  if (last === undefined) return null
  if (last.kind === 'unknown') return 'unknown'
  if (last.kind === 'drop') return 'drop'
  if (last.kind === 'route') return last.decision === 'forward' || last.decision === 'local' ? 'ok' : 'drop'
  if (steps.some((step) => 'verdict' in step && (step.verdict === 'drop' || step.verdict === 'reject'))) return 'drop'
  // Within a chain nothing is decided yet.
  return last.kind === 'rule' && MOVES.has(last.verdict) ? null : 'ok'
}

function summarize(steps: readonly Step[]): string {
  const route = steps.findLast((step) => step.kind === 'route')
  if (route?.kind === 'route') return shortRoute(route)
  const local = steps.findLast((step) => step.kind === 'deliver' || step.kind === 'proxy' || step.kind === 'originate')
  if (local !== undefined) return describeLocal(local)
  const nat = steps.findLast((step) => step.kind === 'rule' && rewriteOf(step) !== null)
  if (nat?.kind === 'rule') return `${nat.table} · ${nat.verdict.toUpperCase()}`
  return countRules(steps)
}

/** The device stands in the second line. */
function shortRoute(step: Step & { readonly kind: 'route' }): string {
  if (step.route === null) return step.decision === 'none' ? 'no route' : step.decision
  return step.route.replace(/ dev .*/, '')
}

function describeLocal(step: Step): string {
  switch (step.kind) {
    case 'deliver':
      return step.process ?? step.socket ?? 'taken by the kernel'
    case 'proxy':
      return `${step.process} ${step.listens}`
    case 'originate':
      return `sent by ${step.by}`
    default:
      return ''
  }
}

function countRules(steps: readonly Step[]): string {
  const rules = steps.filter((step) => step.kind === 'rule')
  const tracked = steps.find((step) => step.kind === 'conntrack')
  if (rules.length > 0) {
    const chains = new Set(rules.map((step) => `${step.table} ${step.chain}`)).size
    return `${count(chains, 'chain')}, ${count(rules.length, 'rule')} matched`
  }
  const policies = steps.filter((step) => step.kind === 'policy')
  const tables = [...new Set(policies.map((step) => step.table))].join(', ')
  if (tables !== '') return `${tables}: policy ${policies.at(-1)?.verdict.toUpperCase()}`
  return tracked?.kind === 'conntrack' ? `conntrack: ${tracked.state}` : ''
}

function detailOf(steps: readonly Step[]): string {
  const route = steps.findLast((step) => step.kind === 'route')
  if (route?.kind === 'route') return route.device === null ? '' : `dev ${route.device}`
  const rule = steps.findLast((step) => step.kind === 'rule')
  if (rule?.kind === 'rule') return wordsOfRule(rule)
  const tracked = steps.findLast((step) => step.kind === 'conntrack')
  return tracked?.kind === 'conntrack' && steps.some((step) => step.kind === 'policy') ? `ct ${tracked.state}` : ''
}

function wordsOfRule(rule: Step & { readonly kind: 'rule' }): string {
  const goes = rule.verdict === 'jump' || rule.verdict === 'goto'
  return goes ? `→ ${rule.target}` : `${rule.chain} ${rule.verdict.toUpperCase()}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
