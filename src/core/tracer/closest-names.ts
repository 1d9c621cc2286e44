/** Returns up to `most` of the names that are nearest to what was written, the nearest first (edit distance, then order). */
export function closestNames(written: string, names: readonly string[], most = 3): readonly string[] {
  const limit = Math.max(2, Math.ceil(written.length / 2))
  return names
    .map((name) => ({ name, distance: nearness(written.toLowerCase(), name.toLowerCase()) }))
    .filter((entry) => entry.distance <= limit)
    .sort((left, right) => left.distance - right.distance || (left.name < right.name ? -1 : 1))
    .slice(0, most)
    .map((entry) => entry.name)
}

function nearness(left: string, right: string): number {
  return right.includes(left) || left.includes(right) ? 1 : editDistance(left, right)
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[right.length] ?? 0
}
