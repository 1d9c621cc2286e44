import type { Exchange, Trace } from '../trace/trace-report.ts'

/** Returns exchanges with the times of their frames counted from the first one of them all. */
export function rebaseTimes(exchanges: readonly Exchange[]): readonly Exchange[] {
  const traces = exchanges.flatMap(({ forward, reply }) => (reply === null ? [forward] : [forward, reply]))
  const times = traces.flatMap(({ hops }) =>
    hops.flatMap(({ frames }) => frames.flatMap(({ at }) => (at === undefined ? [] : [at]))),
  )
  const first = times.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY)
  return exchanges.map((exchange) => ({
    ...exchange,
    forward: rebaseTrace(exchange.forward, first),
    reply: exchange.reply === null ? null : rebaseTrace(exchange.reply, first),
  }))
}

function rebaseTrace(trace: Trace, first: number): Trace {
  const hops = trace.hops.map((hop) => ({
    ...hop,
    // The kernel stamps nanoseconds: whatever is finer comes from counting.
    frames: hop.frames.map((frame) =>
      frame.at === undefined ? frame : { ...frame, at: Math.round((frame.at - first) * 1000) / 1000 },
    ),
  }))
  return { ...trace, hops }
}
