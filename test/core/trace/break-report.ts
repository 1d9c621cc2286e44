import type { Frame, Hop, Trace, TraceReport } from '../../../src/core/trace/trace-report.ts'
import { changeHop, changeTrace } from '../../support/observe-report.ts'

/** One thing of an observed report that can be broken, and how to break it. */
export interface Break {
  readonly what: string
  readonly exchange: number
  readonly direction: 'forward' | 'reply'
  readonly hop: number
  readonly apply: () => TraceReport
}

/** Returns every single breakage of an observed report that a comparison has to find: frames, rules, TTLs, whole hops. */
export function listBreaks(report: TraceReport): readonly Break[] {
  return report.exchanges.flatMap((exchange, at) =>
    (['forward', 'reply'] as const).flatMap((direction) => {
      const trace = exchange[direction]
      if (trace === null) return []
      return trace.hops.flatMap((hop, index) => breaksOf(report, { exchange: at, direction }, trace, hop, index))
    }),
  )
}

function breaksOf(
  report: TraceReport,
  which: { readonly exchange: number; readonly direction: 'forward' | 'reply' },
  trace: Trace,
  hop: Hop,
  index: number,
): readonly Break[] {
  const breaking = (what: string, edit: (hop: Hop) => Hop): Break => ({
    what: `${what} at ${hop.netns} ${hop.device ?? hop.kind}`,
    ...which,
    hop: index,
    apply: () => changeTrace(report, which, () => changeHop(trace, index, edit)),
  })
  const frames = hop.frames.flatMap((_, at) => [
    breaking('a frame less', (each) => ({ ...each, frames: each.frames.toSpliced(at, 1) })),
    ...FRAME_EDITS.map((edit) =>
      breaking(edit.what, (each) => ({ ...each, frames: editAt(each.frames, at, edit.apply) })),
    ),
  ])
  const rules = hop.steps.flatMap((step, at) =>
    step.kind === 'rule' || step.kind === 'policy'
      ? [
          breaking(`a ${step.kind} less`, (each) => ({ ...each, steps: each.steps.toSpliced(at, 1) })),
          breaking(`another ${step.kind}`, (each) => ({
            ...each,
            steps: editAt(each.steps, at, (old) =>
              old.kind === 'rule' ? { ...old, rule: `${old.rule} x` } : ({ ...old, chain: 'OTHER' } as typeof old),
            ),
          })),
        ]
      : [],
  )
  const seen = hop.frames.length > 0 || rules.length > 0
  const gone: readonly Break[] = seen
    ? [
        {
          what: `no ${hop.netns} ${hop.device ?? hop.kind}`,
          ...which,
          hop: index,
          apply: () => changeTrace(report, which, () => ({ ...trace, hops: trace.hops.toSpliced(index, 1) })),
        },
      ]
    : []
  return [...frames, ...rules, ...gone]
}

const FRAME_EDITS: readonly { readonly what: string; readonly apply: (frame: Frame) => Frame }[] = [
  { what: 'another source', apply: (frame) => ({ ...frame, src: '192.0.2.99' }) },
  { what: 'another destination', apply: (frame) => ({ ...frame, dst: '192.0.2.99' }) },
  { what: 'the other direction', apply: (frame) => ({ ...frame, direction: frame.direction === 'in' ? 'out' : 'in' }) },
]

function editAt<T>(list: readonly T[], at: number, edit: (item: T) => T): readonly T[] {
  return list.map((each, index) => (index === at ? edit(each) : each))
}
