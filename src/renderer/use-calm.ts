import { useEffect, useState } from 'react'

/**
 * Returns the value, but one that `isPassing` only once it has lasted: what is over in a blink is not shown, so that the
 * app does not flicker for it.
 */
export function useCalm<T>(value: T, isPassing: (value: T) => boolean, milliseconds: number): T {
  const [shown, setShown] = useState(value)
  const passing = isPassing(value)
  if (!passing && shown !== value) setShown(value)
  useEffect(() => {
    if (!passing) return undefined
    const timer = setTimeout(() => setShown(value), milliseconds)
    return () => clearTimeout(timer)
  }, [value, passing, milliseconds])
  return passing ? shown : value
}
