import { memo } from 'react'
import { shortenText } from '../layout/write-text.ts'
import type { Gate, TextRun } from '../layout/types.ts'
import type { Mark } from './describe-scene.ts'
import { measureText } from './measure-text.ts'
import type { GateNote } from './note-gate.ts'
import { TextView } from './text-view.tsx'
import { useInspect } from './use-inspect.ts'

interface GateViewProps {
  readonly gate: Gate
  readonly mark: Mark | undefined
  readonly note: GateNote | undefined
  readonly flipping: boolean
  readonly selected: boolean
}

const VERDICTS = { ok: '✓', drop: '✗', unknown: '?' } as const

/** A gate of the host's stack: what stands there at rest, what it did to the packet once that has passed. */
export const GateView = memo(function GateView({ gate, mark, note, flipping, selected }: GateViewProps) {
  const inspect = useInspect(gate.place)
  const verdict = note?.verdict ?? null
  const lines = gate.lines.map((run, index) => fill(run, note?.lines[index as 0 | 1]))
  const changed = note !== undefined && note.change !== null
  const classes = ['box', 'box-gate', mark ?? '', changed ? 'changed' : '', selected ? 'selected' : '']
  if (gate.muted && note === undefined) classes.push('muted')
  const said = [gate.name, ...lines.map((line) => line.full), verdict === null ? '' : `verdict ${verdict}`]
  return (
    <g
      className={classes.join(' ')}
      data-box={gate.id}
      data-mark={mark}
      {...inspect}
      aria-label={said.filter((text) => text !== '').join(', ')}
    >
      <title>{said.filter((text) => text !== '').join('\n')}</title>
      <rect rx={gate.radius} x={gate.x} y={gate.y} width={gate.width} height={gate.height} />
      {gate.texts.map((run) => (
        <TextView key="head" run={run} />
      ))}
      {lines.map((run, index) => (
        <TextView
          key={run.y}
          run={run}
          className={changed && index === 1 ? (flipping ? 'change flip' : 'change') : ''}
        />
      ))}
      <TextView run={gate.far} className="far-text" />
      {verdict !== null && (
        <text className={`verdict verdict-${verdict}`} x={gate.x + gate.width - 11} y={gate.y + 21} textAnchor="end">
          {VERDICTS[verdict]}
        </text>
      )}
    </g>
  )
})

function fill(run: TextRun, text: string | undefined): TextRun {
  if (text === undefined) return run
  return { ...run, full: text, text: shortenText(text, run.room, run.font, measureText) }
}
