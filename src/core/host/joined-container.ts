const PREFIX = 'container:'

/**
 * Returns whose network a container has joined, by the name or id that `--network container:X` was given; null for every
 * other network mode.
 */
export function joinedContainer(networkMode: string | undefined): string | null {
  return networkMode?.startsWith(PREFIX) === true ? networkMode.slice(PREFIX.length) : null
}
