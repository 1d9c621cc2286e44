import { type ReactNode, useEffect, useRef } from 'react'
import type { LiveReport } from '../../../core/trace/live-report.ts'
import { wordVerdict } from '../../../core/trace/word-verdict.ts'
import { WholeWords } from '../whole-words.tsx'
import { formatDelay, type LaneCell, type LaneColumn } from './list-lanes.ts'
import './lanes.css'

export interface LanesProps {
  readonly live: LiveReport
  readonly columns: readonly LaneColumn[]
  /** Index of the hop at the playhead. */
  readonly current: number
  /** The lanes' markers; they alone render with every frame. */
  readonly markers: Readonly<Record<Lane, ReactNode>>
  readonly onHop: (column: LaneColumn) => void
  readonly onDivergence: () => void
}

export type Lane = 'predicted' | 'observed'

/** What was predicted above, what was observed below, hop by hop, with the time between the frames that were seen. */
export function Lanes({ live, columns, current, markers, onHop, onDivergence }: LanesProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-hop="${current}"]`)
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [current])
  const shared = { columns, current, markers, onHop }
  return (
    <section className="lanes" aria-label="Predicted and observed">
      <Verdict live={live} onDivergence={onDivergence} />
      <div className="lanes-scroller" ref={scroller} style={{ ['--hops' as string]: columns.length }}>
        <LaneRow lane="predicted" {...shared} />
        <Delays columns={columns} />
        <LaneRow lane="observed" {...shared} />
      </div>
    </section>
  )
}

function Verdict({ live, onDivergence }: Pick<LanesProps, 'live' | 'onDivergence'>): ReactNode {
  const { agreement, sentence } = wordVerdict(live)
  const lacks = live.lacks.length
  return (
    <div className="lanes-verdict" role="status">
      {agreement === 'agrees' && <span className="agreement agrees">✓ As predicted</span>}
      {agreement === 'not-observable' && <span className="agreement not-observable">Not told</span>}
      {agreement === 'differs' && (
        <button type="button" className="agreement differs" title="Go to where the two part" onClick={onDivergence}>
          ≠ They part
        </button>
      )}
      <p>
        <WholeWords text={plain(sentence)} />
      </p>
      {lacks > 0 && (
        <span className="lanes-lacks" title={live.lacks.join('\n')}>
          {lacks === 1 ? '1 thing' : `${lacks} things`} could not be watched
        </span>
      )}
    </div>
  )
}

/** Backquotes are for terminals. */
function plain(sentence: string): string {
  return sentence.replaceAll('`', '')
}

interface LaneRowProps extends Pick<LanesProps, 'columns' | 'current' | 'markers' | 'onHop'> {
  readonly lane: Lane
}

const NAMES: Readonly<Record<Lane, string>> = { predicted: 'Predicted', observed: 'Observed' }

function LaneRow({ lane, columns, current, markers, onHop }: LaneRowProps): ReactNode {
  return (
    <div className={`lane-row lane-${lane}`}>
      <h3 className="lane-name">{NAMES[lane]}</h3>
      <div className="lane-track">
        <ol className="lane-hops" aria-label={NAMES[lane]}>
          {columns.map((column) => (
            <li key={column.hopIndex} data-hop={column.hopIndex}>
              <HopChip lane={lane} column={column} current={current} onHop={onHop} />
            </li>
          ))}
        </ol>
        {markers[lane]}
      </div>
    </div>
  )
}

const MARKS: Readonly<Record<LaneCell['verdict'], string>> = { agrees: '✓', differs: '≠', 'not-observable': '·' }
const WORDS: Readonly<Record<LaneCell['verdict'], string>> = {
  agrees: 'agrees',
  differs: 'differs',
  'not-observable': 'nothing to compare',
}

interface HopChipProps extends Pick<LanesProps, 'current' | 'onHop'> {
  readonly lane: Lane
  readonly column: LaneColumn
}

function HopChip({ lane, column, current, onHop }: HopChipProps): ReactNode {
  const cell = column[lane]
  if (cell === null) return <span className="lane-gap" title={`Not ${lane} here`} />
  const { hopIndex, parts } = column
  const at = hopIndex < current ? 'passed' : hopIndex === current ? 'current' : 'ahead'
  const said = `${cell.name}: ${WORDS[cell.verdict]}${cell.remark === null ? '' : `. ${cell.remark}`}`
  return (
    <button
      type="button"
      className={`lane-hop ${at} ${cell.verdict} ${parts ? 'parts' : ''}`}
      aria-current={at === 'current' ? 'step' : undefined}
      aria-label={said}
      title={said}
      onClick={() => onHop(column)}
    >
      <span className="lane-hop-name">{cell.name}</span>
      <span aria-hidden="true">{MARKS[cell.verdict]}</span>
    </button>
  )
}

/** The times stand at the left edge of the hop that they led to. */
function Delays({ columns }: Pick<LanesProps, 'columns'>): ReactNode {
  return (
    <div className="lane-row lane-delays" aria-hidden="true">
      <span className="lane-name" />
      <div className="lane-track lane-hops">
        {columns.map(({ hopIndex, delay }) => (
          <span key={hopIndex} className="lane-delay">
            {delay === null ? '' : `+${formatDelay(delay)}`}
          </span>
        ))}
      </div>
    </div>
  )
}
