import { type KeyboardEvent, type MouseEvent, useMemo } from 'react'
import type { Place } from '../playback/place.ts'
import { useAppStore } from '../store/hooks.ts'

/** Returns what makes an SVG group a button that inspects a place. Space stays the key that plays and pauses. */
export function useInspect(place: Place) {
  const store = useAppStore()
  return useMemo(() => {
    const { hover, select } = store.getState()
    return {
      role: 'button',
      tabIndex: 0,
      onMouseEnter: () => hover(place),
      onMouseLeave: () => hover(null),
      onFocus: () => hover(place),
      onBlur: () => hover(null),
      onClick: (event: MouseEvent) => {
        event.stopPropagation()
        select(place)
      },
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key === 'Enter') select(place)
      },
    } as const
  }, [store, place])
}
