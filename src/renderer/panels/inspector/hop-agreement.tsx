import type { ReactNode } from 'react'
import type { LineComparison } from '../../../core/trace/agreement.ts'
import { describeFrame } from '../../../core/trace/compare-frames.ts'
import type { LiveReport } from '../../../core/trace/live-report.ts'
import type { Step } from '../../../core/trace/step.ts'
import type { Hop, Trace } from '../../../core/trace/trace-report.ts'
import { comparedHop } from '../../playback/live-timeline.ts'
import { stepLines } from '../../playback/merge-live.ts'
import type { TimelineEvent } from '../../playback/timeline.ts'
import { WholeWords } from '../whole-words.tsx'

interface Props {
  readonly live: LiveReport
  readonly event: TimelineEvent
}

const WORDS = {
  agrees: '✓ The kernel did here what was predicted.',
  differs: '≠ The kernel did something else here.',
  'not-observable': '· Nothing can be observed here: this is what was predicted.',
} as const

/** Whether both sides agree at a hop, and what differs. */
export function HopAgreement({ live, event }: Props): ReactNode {
  const exchange = live.comparison.exchanges[event.exchange]
  const hop = comparedHop(live, event) ?? exchange?.fates[event.direction] ?? exchange
  if (hop === undefined) return null
  // What differs of a step is said at the step.
  const told = comparedHop(live, event)?.lines.find(({ verdict }) => verdict === 'differs')?.part === 'step'
  const remark = hop.remark === null || told ? null : <WholeWords text={hop.remark.replaceAll('`', '')} />
  const words = hop.verdict === 'not-observable' && remark !== null ? '·' : WORDS[hop.verdict]
  return (
    <p className={`hop-agreement ${hop.verdict}`}>
      {words} {remark}
    </p>
  )
}

/** Returns the hop at an event as the side has it that the event belongs to: what was only predicted changes no header. */
export function ownHop(live: LiveReport, event: TimelineEvent): Hop {
  const hop = comparedHop(live, event)
  const side = event.lane === 'predicted' ? 'predicted' : 'observed'
  return hopOf(live, event, side, hop?.[side]) ?? event.hop
}

/** The frames of a hop as both sides have them, the observed ones with their time. */
export function SeenFrames({ live, event }: Props): ReactNode {
  const lines = comparedHop(live, event)?.lines.filter(({ part }) => part === 'frame') ?? []
  if (lines.length === 0) return null
  return (
    <>
      <h2 className="heading">Frames</h2>
      <ul className="lines seen-frames">
        {lines.map((line) => (
          <FrameLine key={`${line.predicted} ${line.observed}`} live={live} event={event} line={line} />
        ))}
      </ul>
    </>
  )
}

function FrameLine({ live, event, line }: Props & { readonly line: LineComparison }): ReactNode {
  const hop = comparedHop(live, event)
  const predicted = hopOf(live, event, 'predicted', hop?.predicted)?.frames[line.predicted ?? -1]
  const observed = hopOf(live, event, 'observed', hop?.observed)?.frames[line.observed ?? -1]
  const frame = observed ?? predicted
  if (frame === undefined) return null
  const seen = observed?.at === undefined ? 'not seen' : `at ${observed.at.toFixed(1)} µs`
  return (
    <li className={line.verdict}>
      <span className="mono">
        {frame.direction} <WholeWords text={describeFrame(frame)} />
      </span>
      <small>
        {line.verdict === 'agrees' ? '✓' : line.verdict === 'differs' ? '≠' : '·'} {seen}
        {line.remark !== null && `. ${line.remark}`}
      </small>
    </li>
  )
}

function hopOf(
  live: LiveReport,
  event: TimelineEvent,
  side: 'predicted' | 'observed',
  index: number | null | undefined,
): Hop | undefined {
  return index === null || index === undefined ? undefined : traceOf(live, event, side)?.hops[index]
}

function traceOf(live: LiveReport, event: TimelineEvent, side: 'predicted' | 'observed'): Trace | null {
  const index = live.comparison.exchanges[event.exchange]?.[side] ?? null
  return index === null ? null : (live[side].exchanges[index]?.[event.direction] ?? null)
}

/** Returns why the packet ended as it did, on the side that an event belongs to. */
export function reasonOf(live: LiveReport, event: TimelineEvent): string | null {
  return traceOf(live, event, event.lane === 'predicted' ? 'predicted' : 'observed')?.reason ?? null
}

/** One step of a merged hop: its comparison, and what was predicted where the kernel did something else. */
export interface ComparedStep {
  readonly line: LineComparison
  readonly instead: Step | null
}

/** Returns the comparison of each step of the hop that an event is at, in the merged hop's order. */
export function compareStepsOf(live: LiveReport, event: TimelineEvent): readonly ComparedStep[] {
  const hop = comparedHop(live, event)
  if (hop === null) return []
  const predicted = hopOf(live, event, 'predicted', hop.predicted)
  return stepLines(hop).map((line) => ({
    line,
    instead:
      line.verdict === 'differs' && line.observed !== null ? (predicted?.steps[line.predicted ?? -1] ?? null) : null,
  }))
}
