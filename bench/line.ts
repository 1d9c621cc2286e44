/** One thing that was measured: what, how much, and what the reader should know about it. */
export interface Line {
  readonly what: string
  readonly value: string
  readonly note?: string
}

/** A file of measurements: `run.ts` finds each file here that exports these two. */
export interface Benchmark {
  readonly name: string
  run(): Promise<readonly Line[]>
}

/** Returns the value below which a share (0 to 1) of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
