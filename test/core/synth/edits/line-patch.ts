/** A place where two texts differ: `drop` lines at `at` (counted from 0, in the old text) give way to `put`. */
export interface Hunk {
  readonly at: number
  readonly drop: number
  readonly put: readonly string[]
}

/** Returns what makes the lines `after` of `before`: as few lines as can be (longest common subsequence). */
export function diffLines(before: readonly string[], after: readonly string[]): readonly Hunk[] {
  const common = commonLengths(before, after)
  const hunks: { at: number; drop: number; put: string[] }[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      i += 1
      j += 1
      continue
    }
    const last = hunks.at(-1)
    const hunk = last !== undefined && last.at + last.drop === i ? last : { at: i, drop: 0, put: [] }
    if (hunk !== last) hunks.push(hunk)
    if (j >= after.length || (i < before.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      hunk.drop += 1
      i += 1
    } else {
      hunk.put.push(after[j] ?? '')
      j += 1
    }
  }
  return hunks
}

function commonLengths(before: readonly string[], after: readonly string[]): readonly (readonly number[])[] {
  const rows = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const row = rows[i] ?? []
      row[j] =
        before[i] === after[j] ? (rows[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(rows[i + 1]?.[j] ?? 0, row[j + 1] ?? 0)
    }
  return rows
}

/** Returns the lines after a patch. */
export function applyHunks(before: readonly string[], hunks: readonly Hunk[]): readonly string[] {
  const lines = [...before]
  for (const { at, drop, put } of [...hunks].reverse()) lines.splice(at, drop, ...put)
  return lines
}

/** Returns hunks as text: `@AT -DROP` and the new lines behind a `+`. */
export function formatHunks(hunks: readonly Hunk[]): readonly string[] {
  return hunks.flatMap(({ at, drop, put }) => [`@${at} -${drop}`, ...put.map((line) => `+${line}`)])
}

/** Reads what formatHunks wrote. Throws for anything else. */
export function parseHunks(text: readonly string[]): readonly Hunk[] {
  const hunks: { at: number; drop: number; put: string[] }[] = []
  for (const line of text) {
    const head = /^@(\d+) -(\d+)$/.exec(line)
    if (head !== null) hunks.push({ at: Number(head[1]), drop: Number(head[2]), put: [] })
    else if (line.startsWith('+')) hunks.at(-1)?.put.push(line.slice(1))
    else throw new Error(`neither a place nor a line: ${line}`)
  }
  return hunks
}
