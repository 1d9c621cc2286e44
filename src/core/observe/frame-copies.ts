import type { SeenFrame } from './observation.ts'
import type { ChainVisit } from './seen-packet.ts'

/** Returns the chains of each copy of a flooded frame: each meets FORWARD anew. */
export function splitRounds(visits: readonly ChainVisit[]): readonly (readonly ChainVisit[])[] {
  const rounds: ChainVisit[][] = []
  for (const visit of visits) {
    const last = rounds.at(-1)
    const again = last?.some(
      (each) => each.chain === visit.chain && each.table === visit.table && each.family === visit.family,
    )
    if (last === undefined || again === true) rounds.push([visit])
    else last.push(visit)
  }
  return rounds
}

/** Returns frames by the device that showed them, in the order of its first one. */
export function byDevice(frames: readonly SeenFrame[]): readonly (readonly SeenFrame[])[] {
  const names = [...new Set(frames.map((frame) => frame.device))]
  return names.map((name) => frames.filter((frame) => frame.device === name))
}
