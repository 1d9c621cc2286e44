import type { Layout } from '../layout/types.ts'
import type { Callout } from './describe-scene.ts'

interface CalloutViewProps {
  readonly layout: Layout
  readonly callout: Callout | null
  readonly zoom: number
}

/** Says beside a gate why the packet ended there: the rule in its own words. */
export function CalloutView({ layout, callout, zoom }: CalloutViewProps) {
  const box = callout && [...layout.boxes, ...layout.gates].find((each) => each.id === callout.boxId)
  if (!callout || !box) return null
  // To the right of its box; at the picture's right end it turns to the left.
  const flip = box.x > layout.width * 0.6
  const left = (flip ? box.x - 10 : box.x + box.width + 10) * zoom
  return (
    <div
      className={`callout callout-${callout.tone} ${flip ? 'callout-left' : ''}`}
      role="status"
      style={{ left, top: box.y * zoom }}
    >
      <strong>{callout.heading}</strong>
      <span>{callout.text}</span>
    </div>
  )
}
