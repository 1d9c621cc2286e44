import type { ReactNode } from 'react'
import type { TraceReport } from '../../../core/trace/trace-report.ts'
import type { Leg, Timeline, TimelineEvent } from '../../playback/timeline.ts'
import { describeStep } from '../event-list/describe-step.ts'
import { HeadersTable } from './headers-table.tsx'
import { StepList } from './step-list.tsx'
import { placeOfHop, titleHop } from './title-hop.ts'

export interface HopPanelProps {
  readonly report: TraceReport
  readonly timeline: Timeline
  readonly event: TimelineEvent
  readonly leg: Leg
  /** While it plays the panel stays still; afterwards it brings the current step into view. */
  readonly playing: boolean
  readonly onEvent: (index: number) => void
}

/** The hop at the playhead: what happened in one sentence, why, the headers, and every step. */
export function HopPanel({ report, timeline, event, leg, playing, onEvent }: HopPanelProps): ReactNode {
  const { hop } = event
  const { title, step } = titleHop(hop)
  const first = timeline.ticks[event.tick]?.firstEvent ?? event.index
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
        <h3>{title}</h3>
        {step !== null && step.why !== '' && <p className={`why ${tone}`}>{step.why}</p>}
        {event.last && tone !== 'stop' && <EndOfLeg leg={leg} />}
      </header>
      <div className="inspector-headers">
        <h2 className="heading">Headers</h2>
        <HeadersTable hop={hop} />
      </div>
      <div className="inspector-body" key={event.tick}>
        <h2 className="heading">Steps</h2>
        <StepList hop={hop} current={event.stepIndex} follow={!playing} onStep={(index) => onEvent(first + index)} />
        <Warnings warnings={report.warnings} />
      </div>
    </>
  )
}

function hopsOfLeg(timeline: Timeline, leg: Leg): number {
  return timeline.ticks.filter((tick) => tick.firstEvent >= leg.firstEvent && tick.lastEvent <= leg.lastEvent).length
}

/** At the last step of a packet its fate is said in full, as the report does. */
function EndOfLeg({ leg }: { readonly leg: Leg }): ReactNode {
  const good = leg.disposition === 'delivered' || leg.disposition === 'leaves-host'
  return (
    <p className={`why ${good ? 'pass' : 'stop'}`}>
      <b>{leg.disposition.replaceAll('-', ' ')}</b>: {leg.reason}
    </p>
  )
}

function Warnings({ warnings }: { readonly warnings: readonly string[] }): ReactNode {
  if (warnings.length === 0) return null
  return (
    <>
      <h2 className="heading">Good to know</h2>
      <ul className="lines">
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </>
  )
}
