import { type RefObject, useLayoutEffect, useState } from 'react'
import type { Room } from '../layout/place-containers.ts'

/** The picture is laid out anew only for a change of size that is worth it. */
const STEP = 80

/** Returns the size that an element has, in steps; null before it is there. */
export function useRoom(element: RefObject<HTMLElement | null>): Room | null {
  const [room, setRoom] = useState<Room | null>(null)
  useLayoutEffect(() => {
    const target = element.current
    if (target === null) return
    const read = () => {
      const width = Math.round(target.clientWidth / STEP) * STEP
      const height = Math.round(target.clientHeight / STEP) * STEP
      setRoom((before) => (before?.width === width && before.height === height ? before : { width, height }))
    }
    read()
    const observer = new ResizeObserver(read)
    observer.observe(target)
    return () => observer.disconnect()
  }, [element])
  return room
}
