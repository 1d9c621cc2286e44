import type { Step } from '../../../core/trace/step.ts'
import type { TimelineEvent } from '../../playback/timeline.ts'
import { describeStep } from './describe-step.ts'
import type { StepWords } from './describe-step.ts'

/** The coarse kinds that the list can be narrowed to. */
export type KindFilter = 'all' | 'rules' | 'rewrites' | 'routing' | 'devices'

/** One row of the list. */
export interface EventRow extends StepWords {
  readonly index: number
  readonly netns: string
  readonly note: string
  /** The rule or entry that `detail` may leave out; for the tooltip and for the filter box. */
  readonly full: string
  readonly kinds: readonly KindFilter[]
}

/** Returns a row for every event, in play order. */
export function listRows(events: readonly TimelineEvent[]): readonly EventRow[] {
  return events.map((event) => {
    const words = event.step === null ? passageWords(event) : describeStep(event.step, event.hop.device)
    const full = event.step?.kind === 'rule' ? event.step.rule : words.detail
    return {
      ...words,
      detail: words.detail === '' ? addressWords(event) : words.detail,
      index: event.index,
      netns: event.hop.netns.replace(/^(container|sandbox):/, ''),
      note: event.after.arp === undefined ? `ttl ${event.after.ttl}` : 'arp',
      full: full === '' ? addressWords(event) : full,
      kinds: kindsOf(event.step),
    }
  })
}

/** Returns the rows of a kind that contain every word of the text, in any of their columns. */
export function filterRows(rows: readonly EventRow[], kind: KindFilter, text: string): readonly EventRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter((row) => {
    if (kind !== 'all' && !row.kinds.includes(kind)) return false
    const haystack = `${row.netns} ${row.place} ${row.verdict} ${row.detail} ${row.full} ${row.note}`.toLowerCase()
    return words.every((word) => haystack.includes(word))
  })
}

function passageWords(event: TimelineEvent): StepWords {
  const outside = event.hop.kind === 'external'
  return {
    place: event.hop.device ?? (outside ? 'outside' : event.hop.kind),
    verdict: 'passes',
    detail: '',
    tone: 'plain',
  }
}

function addressWords({ after }: TimelineEvent): string {
  const port = (value: number | undefined) => (value === undefined ? '' : `:${value}`)
  const icmp = after.icmp !== undefined
  return icmp
    ? `${after.src} → ${after.dst}`
    : `${after.src}${port(after.sourcePort)} → ${after.dst}${port(after.destinationPort)}`
}

function kindsOf(step: Step | null): readonly KindFilter[] {
  if (step === null) return ['devices']
  const rewrite: readonly KindFilter[] = step.diff.some((diff) => /^(ip|ipv6|tcp|udp)\.(src|dst)/.test(diff.field))
    ? ['rewrites']
    : []
  switch (step.kind) {
    case 'rule':
    case 'policy':
    case 'drop':
    case 'unknown':
      return ['rules', ...rewrite]
    case 'route':
    case 'neighbor':
    case 'conntrack':
    case 'deliver':
    case 'originate':
    case 'proxy':
      return ['routing', ...rewrite]
    case 'enter':
    case 'exit':
    case 'bridge':
    case 'cross':
    case 'encapsulate':
    case 'decapsulate':
      return ['devices', ...rewrite]
    default:
      return step satisfies never
  }
}
