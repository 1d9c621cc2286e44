import type { ReactNode } from 'react'

interface SpeedSelectProps {
  readonly label: string
  readonly title: string
  readonly speed: number
  readonly speeds: readonly number[]
  readonly onSpeed: (speed: number) => void
}

/** How many times as fast as usual something is played. */
export function SpeedSelect({ label, title, speed, speeds, onSpeed }: SpeedSelectProps): ReactNode {
  return (
    <select
      className="speed"
      aria-label={label}
      title={title}
      value={speed}
      onChange={(event) => onSpeed(Number(event.target.value))}
    >
      {speeds.map((each) => (
        <option key={each} value={each}>
          {each}×
        </option>
      ))}
    </select>
  )
}
