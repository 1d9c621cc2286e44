import { memo, type RefObject } from 'react'
import { pathData } from '../layout/geometry.ts'
import type { Layout, Point, TextRun } from '../layout/types.ts'
import { useApp } from '../store/hooks.ts'
import { placeKey } from '../playback/place.ts'
import { BoxView } from './box-view.tsx'
import type { SceneMarks } from './describe-scene.ts'
import { Leader } from './callout-view.tsx'
import { GateView } from './gate-view.tsx'
import { TextView } from './text-view.tsx'

interface PictureProps {
  readonly layout: Layout
  readonly marks: SceneMarks
  readonly eventIndex: number
  readonly svg: RefObject<SVGSVGElement | null>
  /** The picture is so small that names alone can be read. */
  readonly far: boolean
}

/** The host in SVG: what never moves below, then the packet's trail, then boxes and gates as the play marks them. */
export function Picture({ layout, marks, eventIndex, svg, far }: PictureProps) {
  const selected = useApp((state) => (state.selected === null ? null : placeKey(state.selected)))
  const target = useApp((state) => state.report?.flow.to ?? null)
  return (
    <svg
      ref={svg}
      className={`picture packet-${marks.colour} ${far ? 'far' : ''}`}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      width={layout.width}
      height={layout.height}
    >
      <title>The host's network, from its containers to the outside</title>
      <Ground layout={layout} />
      <Trail trail={marks.trail} />
      {marks.callout && <Leader layout={layout} callout={marks.callout} />}
      {layout.boxes.map((box) => (
        <BoxView
          key={box.id}
          box={box}
          mark={marks.boxes[box.id]}
          selected={selected === placeKey(box.place)}
          line={box.id === 'outside:internet' && target !== null && /[a-z]\./i.test(target) ? target : null}
        />
      ))}
      {marks.port && <PortMark name={marks.port.name} at={marks.port.at} />}
      {layout.gates.map((gate) => {
        const note = gate.place.kind === 'gate' ? marks.gates[gate.place.gate] : undefined
        return (
          <GateView
            key={gate.id}
            gate={gate}
            mark={marks.boxes[gate.id]}
            note={note}
            flipping={note !== undefined && note.changedBy === eventIndex}
            selected={selected === placeKey(gate.place)}
          />
        )
      })}
    </svg>
  )
}

/** The way that the packet has taken, the last piece strongest. */
function Trail({ trail }: Pick<SceneMarks, 'trail'>) {
  return trail.map(({ key, curve, expected }, index) => {
    const classes = ['trail', index === trail.length - 1 ? 'trail-current' : '', expected ? 'trail-expected' : '']
    return <path key={key} className={classes.filter(Boolean).join(' ')} d={pathData(curve)} />
  })
}

/** Names the end of a veth pair while the packet is in it. */
function PortMark({ name, at }: { readonly name: string; readonly at: Point }) {
  return (
    <g className="port-mark">
      <circle cx={at.x} cy={at.y} r={4} />
      <text className="text-mono port-name" x={at.x} y={at.y - 22} textAnchor="middle">
        {name}
      </text>
    </g>
  )
}

const Ground = memo(function Ground({ layout }: { readonly layout: Layout }) {
  const { hostFrame } = layout
  return (
    <>
      <rect
        className="host-frame"
        rx={14}
        x={hostFrame.x}
        y={hostFrame.y}
        width={hostFrame.width}
        height={hostFrame.height}
      />
      {layout.lanes.map(
        (lane) =>
          lane.framed && (
            <rect key={lane.id} className="lane" rx={9} x={lane.x} y={lane.y} width={lane.width} height={lane.height} />
          ),
      )}
      {layout.headings.map((run: TextRun) => (
        <TextView key={run.full} run={run} />
      ))}
      {layout.lanes.map((lane) => lane.label && <TextView key={lane.id} run={lane.label} />)}
      {layout.lanes.map((lane) => lane.far && <TextView key={lane.id} run={lane.far} className="far-text" />)}
      {layout.links.map(
        (link) =>
          link.style !== 'hidden' && (
            <path key={link.id} className={`wire wire-${link.style}`} d={pathData(link.curve)} />
          ),
      )}
    </>
  )
})
