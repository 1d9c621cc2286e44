import type { Layout } from '../layout/types.ts'
import { placeKey } from '../playback/place.ts'
import { useApp } from '../store/hooks.ts'

/** Says all about what was clicked, in a corner of the scene. */
export function InspectCard({ layout }: { readonly layout: Layout }) {
  const place = useApp((state) => state.selected)
  if (place === null) return null
  const key = placeKey(place)
  const box =
    [...layout.boxes, ...layout.gates].find((each) => placeKey(each.place) === key) ??
    layout.boxes.find((each) => each.id === layout.anchors[key]?.boxId)
  if (box === undefined) return null
  const [first, ...lines] = box.title.split('\n')
  return (
    <aside className="inspect-card" aria-label={`About ${box.name}`}>
      <strong>{first}</strong>
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </aside>
  )
}
