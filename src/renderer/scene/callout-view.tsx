import { horizontalCurve, pathData } from '../layout/geometry.ts'
import type { Layout } from '../layout/types.ts'
import { WholeWords } from '../panels/whole-words.tsx'
import type { Callout } from './describe-scene.ts'

interface CalloutViewProps {
  readonly layout: Layout
  readonly callout: Callout | null
  readonly zoom: number
}

/** Says in the picture's free corner where and why the packet ended: the rule in its own words. */
export function CalloutView({ layout, callout, zoom }: CalloutViewProps) {
  if (callout === null) return null
  const { x, y } = layout.notice
  const width = Math.max(WIDTH, (layout.width - x) * zoom - 8)
  return (
    <div
      className={`callout callout-${callout.tone}`}
      role="status"
      style={{ left: Math.min(x * zoom, layout.width * zoom + 10 - width), top: y * zoom, width }}
    >
      <strong>{callout.heading}</strong>
      <span>
        <WholeWords text={callout.text} />
      </span>
    </div>
  )
}

const WIDTH = 176

/** A line from the gate to what is said about it; other boxes are named in the heading alone. */
export function Leader({ layout, callout }: { readonly layout: Layout; readonly callout: Callout }) {
  const gate = layout.gates.find((each) => each.id === callout.boxId)
  if (gate === undefined || gate.id === 'gate:input') return null
  const from = { x: gate.x + gate.width, y: gate.y + gate.height / 2 }
  const curve = [horizontalCurve(from, { x: layout.notice.x, y: layout.notice.y + 18 })]
  return <path className={`leader leader-${callout.tone}`} d={pathData(curve)} />
}
