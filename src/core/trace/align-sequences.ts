/** Indices into the left and the right list; a null side has no partner. */
export type Pair = readonly [number | null, number | null]

/**
 * Pairs the elements of two lists that have the same key, in order: their longest common subsequence, so that one more on
 * either side does not shift the rest. What has no partner stands where it is missing, the left list's first.
 */
export function alignSequences(left: readonly string[], right: readonly string[]): readonly Pair[] {
  const lengths = commonLengths(left, right)
  const pairs: Pair[] = []
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      pairs.push([i, j])
      i += 1
      j += 1
    } else if (j >= right.length || (i < left.length && (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))) {
      pairs.push([i, null])
      i += 1
    } else {
      pairs.push([null, j])
      j += 1
    }
  }
  return pairs
}

function commonLengths(left: readonly string[], right: readonly string[]): readonly (readonly number[])[] {
  const table: number[][] = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const row = table[i] as number[]
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const below = table[i + 1] as number[]
      row[j] = left[i] === right[j] ? 1 + (below[j + 1] ?? 0) : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return table
}
