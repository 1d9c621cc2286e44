import { type ReactNode, useMemo } from 'react'
import type { LiveReport } from '../../../core/trace/live-report.ts'
import { isAllSynth } from '../../../core/trace/is-all-synth.ts'
import type { TraceReport } from '../../../core/trace/trace-report.ts'
import type { Leg, Timeline, TimelineEvent } from '../../playback/timeline.ts'
import { describeStep } from '../event-list/describe-step.ts'
import { Sentences } from '../sentences.tsx'
import { compareStepsOf, HopAgreement, ownHop, reasonOf, SeenFrames } from './hop-agreement.tsx'
import { HeadersTable } from './headers-table.tsx'
import { StepList } from './step-list.tsx'
import { placeOfHop, titleHop } from './title-hop.ts'

export interface HopPanelProps {
  readonly report: TraceReport
  /** What the report was merged from, where it is both sides of a live trace. */
  readonly live: LiveReport | null
  readonly timeline: Timeline
  readonly event: TimelineEvent
  readonly leg: Leg
  /** While it plays the panel stays still; afterwards it brings the current step into view. */
  readonly playing: boolean
  readonly onEvent: (index: number) => void
}

/** The hop at the playhead: what happened in one sentence, why, the headers, and every step. */
export function HopPanel({ report, live, timeline, event, leg, playing, onEvent }: HopPanelProps): ReactNode {
  const { hop } = event
  const own = live === null ? hop : ownHop(live, event)
  const { title, step } = titleHop(own)
  const first = timeline.ticks[event.tick]?.firstEvent ?? event.index
  const allSynth = useMemo(() => isAllSynth(report), [report])
  const tone = step === null ? 'plain' : describeStep(step, hop.device).tone
  return (
    <>
      <header className="inspector-head">
        <h2 className="heading">
          Hop {event.hopIndex + 1} of {hopsOfLeg(timeline, leg)} · {placeOfHop(hop)}
        </h2>
        <p className="inspector-leg">
          {leg.label}
          {leg.direction === 'reply' ? ' · reply' : ''}
        </p>
        <h3>{event.lane === 'predicted' ? `Predicted: ${title}` : title}</h3>
        {step !== null && step.why !== '' && <p className={`why ${tone}`}>{step.why}</p>}
        {event.last && tone !== 'stop' && <EndOfLeg leg={leg} event={event} live={live} />}
        {live !== null && <HopAgreement live={live} event={event} />}
      </header>
      <div className="inspector-headers">
        <h2 className="heading">Headers</h2>
        <HeadersTable hop={own} />
      </div>
      <div className="inspector-body" key={event.tick}>
        {live !== null && <SeenFrames live={live} event={event} />}
        <h2 className="heading">Steps</h2>
        <StepList
          hop={hop}
          compared={live === null ? null : compareStepsOf(live, event)}
          allSynth={allSynth}
          current={event.stepIndex}
          follow={!playing}
          onStep={(index) => onEvent(first + index)}
        />
        {live !== null && <Sentences title="Could not be watched" sentences={live.lacks} />}
        <Sentences title="Good to know" sentences={report.warnings.filter((each) => !live?.lacks.includes(each))} />
      </div>
    </>
  )
}

function hopsOfLeg(timeline: Timeline, leg: Leg): number {
  return timeline.ticks.filter((tick) => tick.firstEvent >= leg.firstEvent && tick.lastEvent <= leg.lastEvent).length
}

/** At the last step of a packet its fate is said in full, as the report does. */
function EndOfLeg({ leg, event, live }: Pick<HopPanelProps, 'leg' | 'event' | 'live'>): ReactNode {
  const { disposition } = event
  const reason = (live === null ? null : reasonOf(live, event)) ?? leg.reason
  const good = disposition === 'delivered' || disposition === 'leaves-host'
  return (
    <p className={`why ${good ? 'pass' : 'stop'}`}>
      {event.lane === 'predicted' && 'Predicted, and not observed: '}
      <b>{disposition.replaceAll('-', ' ')}</b>: {reason}
    </p>
  )
}
