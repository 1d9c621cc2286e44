/** A seeded source of chance: the same seed gives the same choices, on any machine. */
export interface Random {
  /** A whole number from 0 up to, and without, `below`. */
  int(below: number): number
  /** True with that probability. */
  chance(probability: number): boolean
  /** One of them; throws when there is none. */
  pick<T>(from: readonly T[]): T
  /** One of them, each as likely as its weight says. */
  weighted<T>(from: readonly (readonly [number, T])[]): T
}

/** Mulberry32: 32 bits of state are plenty for choosing test cases. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number): number => Math.floor(next() * below)
  const pick = <T>(from: readonly T[]): T => {
    const chosen = from[int(from.length)]
    if (chosen === undefined) throw new Error('nothing to pick from')
    return chosen
  }
  return { int, pick, chance: (probability) => next() < probability, weighted: (from) => pickWeighted(from, next()) }
}

function pickWeighted<T>(from: readonly (readonly [number, T])[], at: number): T {
  let left = at * from.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, value] of from) {
    left -= weight
    if (left < 0) return value
  }
  throw new Error('nothing to pick from')
}
