import { type RefObject, useLayoutEffect, useState } from 'react'

/** The rows of a long list that are drawn: `first` to `next - 1`. */
export interface RowRange {
  readonly first: number
  readonly next: number
}

/** Drawn beyond each edge, so that scrolling does not show empty room. */
const SPARE = 8

/** Returns which of many rows of one height are in sight, or nearly; follows scrolling and the box's size. */
export function useRows(box: RefObject<HTMLElement | null>, count: number, rowHeight: number, head: number): RowRange {
  const [seen, setSeen] = useState<RowRange>({ first: 0, next: 2 * SPARE })
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const read = () => {
      const { scrollTop, clientHeight } = element
      const first = Math.max(0, Math.floor(scrollTop / rowHeight) - SPARE)
      const next = Math.ceil((scrollTop + clientHeight - head) / rowHeight) + SPARE
      setSeen((before) => (before.first === first && before.next === next ? before : { first, next }))
    }
    read()
    const observer = new ResizeObserver(read)
    observer.observe(element)
    element.addEventListener('scroll', read, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', read)
    }
  }, [box, rowHeight, head])
  const next = Math.min(count, seen.next)
  return { first: Math.min(seen.first, Math.max(0, next - 1)), next }
}

/**
 * Scrolls a row into sight without moving anything but its box. `head` is what stands over the rows. The browser tells of
 * scrolling a frame later, when a replay has scrolled on already: it is told here, so that the rows are there before the box
 * is painted.
 */
export function showRow(box: HTMLElement | null, index: number, rowHeight: number, head: number): void {
  if (box === null || index < 0) return
  const top = index * rowHeight
  const room = box.clientHeight - head
  if (top < box.scrollTop) box.scrollTop = top
  else if (top + rowHeight > box.scrollTop + room) box.scrollTop = top + rowHeight - room
  else return
  box.dispatchEvent(new Event('scroll'))
}
