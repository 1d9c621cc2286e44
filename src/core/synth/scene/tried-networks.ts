/** How a scene's memory writes down a network that was joined (SceneMemory.tried): no network's name has a space. */
const JOINED = ' joined'

/** Returns the entry of a network that was joined; that of one which was found alone is its name. */
export function markJoined(network: string): string {
  return `${network}${JOINED}`
}

/** Returns the names of the networks that were joined. */
export function listJoined(entries: readonly string[]): readonly string[] {
  return entries.filter((entry) => entry.endsWith(JOINED)).map(nameOf)
}

/** Returns the names of all networks that were found. */
export function listFound(entries: readonly string[]): readonly string[] {
  return entries.map(nameOf)
}

function nameOf(entry: string): string {
  return entry.endsWith(JOINED) ? entry.slice(0, -JOINED.length) : entry
}
