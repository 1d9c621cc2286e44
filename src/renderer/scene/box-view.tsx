import { memo } from 'react'
import { shortenText } from '../layout/write-text.ts'
import type { Box } from '../layout/types.ts'
import type { Mark } from './describe-scene.ts'
import { measureText } from './measure-text.ts'
import { TextView } from './text-view.tsx'
import { useInspect } from './use-inspect.ts'

interface BoxViewProps {
  readonly box: Box
  readonly mark: Mark | undefined
  readonly selected: boolean
  /** Replaces the second line. */
  readonly line: string | null
}

/** A container, bridge, NIC or the outside. */
export const BoxView = memo(function BoxView({ box, mark, selected, line }: BoxViewProps) {
  const inspect = useInspect(box.place)
  const second = box.texts[1]
  const texts =
    line === null || second === undefined
      ? box.texts
      : box.texts.with(1, { ...second, full: line, text: shortenText(line, second.room, second.font, measureText) })
  const classes = ['box', `box-${box.kind}`, mark ?? '', box.muted ? 'muted' : '', selected ? 'selected' : '']
  return (
    <g
      className={classes.join(' ')}
      data-box={box.id}
      data-mark={mark}
      {...inspect}
      aria-label={box.title.replaceAll('\n', ', ')}
    >
      <title>{box.title}</title>
      <rect rx={box.radius} x={box.x} y={box.y} width={box.width} height={box.height} />
      {texts.map((run) => (
        <TextView key={`${run.y} ${run.align}`} run={run} />
      ))}
      <TextView run={box.far} className="far-text" />
      {box.kind === 'container' &&
        box.ports.map((port) => <circle key={port.key} className="port" cx={port.x} cy={port.y} r={3.5} />)}
    </g>
  )
})
