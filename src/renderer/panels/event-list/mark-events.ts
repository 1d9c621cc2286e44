import type { Agreement } from '../../../core/trace/agreement.ts'
import type { LiveReport } from '../../../core/trace/live-report.ts'
import { comparedHop, comparedStep, firstDivergence } from '../../playback/live-timeline.ts'
import type { Lane } from '../../playback/merge-live.ts'
import type { Timeline, TimelineEvent } from '../../playback/timeline.ts'

/** What a live trace's comparison says of one event. */
export interface EventMark {
  readonly verdict: Agreement
  readonly lane: Lane
  /** What differs, or why there is nothing to compare. */
  readonly remark: string | null
  /** The two sides part here for the first time. */
  readonly parts: boolean
}

/** Returns a mark for every event of a live trace's timeline, by index. */
export function markEvents(live: LiveReport, timeline: Timeline): readonly EventMark[] {
  const first = firstDivergence(live, timeline)
  return timeline.events.map((event) => {
    const { verdict, remark } = judge(live, event)
    return { verdict, remark, lane: event.lane, parts: event.index === first?.index }
  })
}

/** A step by its own line; a passage by what was seen at its hop; a way that one side alone has by its exchange. */
function judge(live: LiveReport, event: TimelineEvent): Pick<EventMark, 'verdict' | 'remark'> {
  const exchange = live.comparison.exchanges[event.exchange]
  const compared = comparedStep(live, event) ?? comparedHop(live, event) ?? exchange?.fates[event.direction] ?? exchange
  if (compared === undefined) return { verdict: 'not-observable', remark: null }
  // A frame of the hop that differs is told at the step by which it comes in or goes out.
  const frames = comparedHop(live, event)?.lines.filter(({ part }) => part === 'frame') ?? []
  const broken = frames.find(({ verdict }) => verdict === 'differs')
  const passes = event.step?.kind === 'enter' || event.step?.kind === 'exit'
  const told = passes && broken !== undefined ? broken : compared
  return { verdict: told.verdict, remark: told.remark }
}
