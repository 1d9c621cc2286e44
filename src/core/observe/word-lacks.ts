import type { Observation } from './observation.ts'

/** Returns what was done without, one sentence each, with the namespaces that it holds for: `host, container:c1: ...`. */
export function wordLacks(watched: Observation['watched']): readonly string[] {
  const places = new Map<string, Set<string>>()
  for (const { netns, lacks } of watched) {
    for (const { why } of lacks) places.set(why, (places.get(why) ?? new Set()).add(netns))
  }
  return [...places].map(([why, netns]) => `${[...netns].join(', ')}: ${why}`)
}
