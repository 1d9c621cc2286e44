import type { Observation } from './observation.ts'

/**
 * Returns which namespaces have ended since the host was read, one sentence each, with what shows it; nothing is said of why, nor
 * of what it has to do with the packet.
 */
export function wordEnded(watched: Observation['watched']): readonly string[] {
  return watched.flatMap(({ netns, ended }) => {
    if (ended === undefined) return []
    if (ended.gone.length === 0) return [`The process that ${netns} was known by has ended since the host was read.`]
    const gone = ['the process that it was known by', ...ended.gone]
    return [`${netns} has ended since the host was read: ${gone.slice(0, -1).join(', ')} and ${gone.at(-1)} are gone.`]
  })
}
