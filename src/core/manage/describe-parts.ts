import type { Subnet } from '../host/container.ts'

/** Returns a JSON object of a list, in its order. */
export function keyed<T>(list: readonly T[], entry: (one: T) => readonly [string, unknown]): Record<string, unknown> {
  return Object.fromEntries(list.map(entry))
}

/** Returns the prefix length of the subnet of one IP version, 0 where there is none. */
export function prefixLengthOf(subnets: readonly Subnet[], family: 4 | 6): number {
  const prefix = subnets.find((subnet) => subnet.family === family)?.prefix
  return Number(prefix?.split('/')[1] ?? 0)
}
