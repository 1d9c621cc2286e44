import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Hop, Trace, TraceReport } from '../../src/core/trace/trace-report.ts'
import { traceFlow } from '../../src/core/tracer/trace-flow.ts'
import { judgeFlow } from '../conformance/judge-flow.ts'
import { fixturesFolder, loadCase, type SavedCase } from '../conformance/save-case.ts'
import { count, newTally, passes } from '../conformance/summary.ts'

const load = (name: string): SavedCase => loadCase(join(fixturesFolder, name))

/** A container to the internet through MASQUERADE and back: it agrees, so whatever is broken below is what is found. */
const four = load('masquerade-and-back')
const six = load('ipv6-masquerade-and-back')

function predict({ state, kernel }: SavedCase = four): TraceReport {
  const traced = traceFlow(state, kernel.flow)
  if (!traced.ok) throw new Error(traced.problem.message)
  return traced.report
}

/** The report as a broken engine would give it: every hop of the main exchange, changed. */
function breaks(saved: SavedCase, change: (hops: readonly Hop[]) => readonly Hop[]): TraceReport {
  const report = predict(saved)
  const bend = (trace: Trace): Trace => ({ ...trace, hops: change(trace.hops) })
  const exchanges = report.exchanges.map((exchange) =>
    exchange.main
      ? { ...exchange, forward: bend(exchange.forward), reply: exchange.reply === null ? null : bend(exchange.reply) }
      : exchange,
  )
  return { ...report, exchanges }
}

const aboutsOf = ({ kernel }: SavedCase, report: TraceReport): string[] =>
  judgeFlow({ ...kernel, report }).disagreements.map((disagreement) => disagreement.about)

const lastWith = (hops: readonly Hop[], wanted: (hop: Hop) => boolean): number => hops.findLastIndex(wanted)

describe.each([
  ['IPv4', four],
  ['IPv6', six],
])('the comparison of a prediction with the kernel, %s', (_family, saved) => {
  const { kernel } = saved
  const predicted = (): TraceReport => predict(saved)
  const broken = (change: (hops: readonly Hop[]) => readonly Hop[]): TraceReport => breaks(saved, change)
  const abouts = (report: TraceReport): string[] => aboutsOf(saved, report)

  it('finds nothing where they agree', () => {
    expect(abouts(predicted())).toEqual([])
    expect(kernel.truth.outcome).toBe('reply')
    expect(kernel.truth.rules.length).toBeGreaterThan(3)
    expect(kernel.truth.frames.length).toBe(8)
  })

  it('judges a lost question for a name, where nothing else is sent', () => {
    const exchanges = predicted().exchanges.map((each) => (each.main ? { ...each, protocol: 'dns' as const } : each))
    expect(abouts({ ...predicted(), exchanges })).toEqual([])
  })

  it('finds a rule that was skipped', () => {
    const skips = (hops: readonly Hop[]): readonly Hop[] =>
      hops.map((hop) => ({
        ...hop,
        steps: hop.steps.filter((step) => step.kind !== 'rule' || step.target !== 'MASQUERADE'),
      }))
    expect(abouts(broken(skips))).toEqual(['rules'])
  })

  it('finds a rule that was counted once too often', () => {
    const repeats = (hops: readonly Hop[]): readonly Hop[] => {
      const at = lastWith(hops, (hop) => hop.steps.some((step) => step.kind === 'rule'))
      return hops.flatMap((hop, index) => (index === at ? [hop, { ...hop, frames: [] }] : [hop]))
    }
    expect(abouts(broken(repeats))).toEqual(['rules'])
  })

  it('finds a rule taken for that of another chain', () => {
    const renames = (hops: readonly Hop[]): readonly Hop[] =>
      hops.map((hop) => ({
        ...hop,
        steps: hop.steps.map((step) => (step.kind === 'rule' ? { ...step, chain: `${step.chain}-X` } : step)),
      }))
    expect(abouts(broken(renames))).toEqual(['rules'])
  })

  it.each([
    ['TTL', (frame: Hop['frames'][number]) => ({ ...frame, ttl: frame.ttl - 1 })],
    ['source', (frame: Hop['frames'][number]) => ({ ...frame, src: '192.0.2.1' })],
    ['destination', (frame: Hop['frames'][number]) => ({ ...frame, dst: '192.0.2.1' })],
    ['source port', (frame: Hop['frames'][number]) => ({ ...frame, sourcePort: 9 })],
    ['destination port', (frame: Hop['frames'][number]) => ({ ...frame, destinationPort: 9 })],
    [
      'direction',
      (frame: Hop['frames'][number]) => ({
        ...frame,
        direction: frame.direction === 'in' ? ('out' as const) : ('in' as const),
      }),
    ],
    ['protocol', (frame: Hop['frames'][number]) => ({ ...frame, protocol: '47' as const })],
  ])('finds a %s that is off in a single frame', (_, change) => {
    const bends = (hops: readonly Hop[]): readonly Hop[] => {
      const at = lastWith(hops, (hop) => hop.netns === 'host' && hop.frames.length > 0)
      return hops.map((hop, index) => (index === at ? { ...hop, frames: hop.frames.map(change) } : hop))
    }
    expect(abouts(broken(bends))).toEqual(['frames'])
  })

  it('finds a frame on another device', () => {
    const moves = (hops: readonly Hop[]): readonly Hop[] =>
      hops.map((hop) => (hop.device === 'ens5' ? { ...hop, device: 'ens6' } : hop))
    expect(abouts(broken(moves))).toEqual(['frames'])
  })

  it('finds each single hop that is missing, and each that is there twice', () => {
    const hops = predicted().exchanges.find((exchange) => exchange.main)?.forward.hops ?? []
    const shown = hops.flatMap((hop, index) => (hop.frames.length > 0 ? [index] : []))
    expect(shown.length).toBeGreaterThan(3)
    for (const missing of shown)
      expect(
        abouts(broken((all) => (all.length === hops.length ? all.filter((_, index) => index !== missing) : all))),
      ).toContain('frames')
    for (const twice of shown)
      expect(
        abouts(broken((all) => all.flatMap((hop, index) => (index === twice ? [hop, { ...hop, steps: [] }] : [hop])))),
      ).toContain('frames')
  })

  it('finds two hops of one namespace in the wrong order', () => {
    const swaps = (hops: readonly Hop[]): readonly Hop[] => {
      const shown = hops.filter((hop) => hop.netns === 'host' && hop.frames.length > 0)
      const [first, second] = shown
      if (first === undefined || second === undefined) throw new Error('the host has no two hops')
      return hops.map((hop) => (hop === first ? second : hop === second ? first : hop))
    }
    expect(abouts(broken(swaps))).toContain('frames')
  })

  it('finds a wrong outcome: no reply at all, and a reply that does not arrive', () => {
    const report = predicted()
    const bend = (change: (reply: Trace) => Trace | null): TraceReport => ({
      ...report,
      exchanges: report.exchanges.map((exchange) =>
        exchange.main && exchange.reply !== null ? { ...exchange, reply: change(exchange.reply) } : exchange,
      ),
    })
    expect(abouts(bend(() => null))).toContain('outcome')
    expect(abouts(bend((reply) => ({ ...reply, disposition: 'dropped' })))).toEqual(['outcome'])
  })

  it('finds what a connection through docker-proxy comes to', () => {
    const checked = judgeFlow({ ...kernel, report: predicted(), connection: 'reset' })
    expect(checked.disagreements).toEqual([
      { about: 'outcome', predicted: ['connection: reply'], observed: ['connection: reset'] },
    ])
  })
})

describe('the comparison of neighbour discovery', () => {
  const saved = load('ipv6-flooded-question-meets-the-bridges-rules')

  it('finds nothing where they agree', () => {
    expect(aboutsOf(saved, predict(saved))).toEqual([])
  })

  it('finds a question that was not asked, and the rules that it did not meet', () => {
    const report = predict(saved)
    const exchanges = report.exchanges.filter(({ main }) => main)
    expect(aboutsOf(saved, { ...report, exchanges })).toEqual(['frames', 'rules'])
  })

  it('finds a copy of it that was not sent', () => {
    const report = predict(saved)
    const without = (trace: Trace): Trace => {
      const last = lastWith(trace.hops, ({ frames }) => frames.length > 0)
      return { ...trace, hops: trace.hops.filter((_, index) => index !== last) }
    }
    const exchanges = report.exchanges.map((one) => (one.main ? one : { ...one, forward: without(one.forward) }))
    expect(aboutsOf(saved, { ...report, exchanges })).toContain('frames')
  })
})

describe('the bar', () => {
  const { kernel } = four
  const broken = (change: (hops: readonly Hop[]) => readonly Hop[]): TraceReport => breaks(four, change)
  const tallyOf = (reports: readonly TraceReport[]): ReturnType<typeof newTally> => {
    const tally = newTally()
    for (const report of reports)
      count(tally, { check: judgeFlow({ ...kernel, report }), observed: null, unsteady: null })
    return tally
  }
  const unsure = (): TraceReport => ({ ...predict(), disposition: 'cannot-tell' })

  it('is reached when all agree, and by nothing less', () => {
    expect(passes(tallyOf([predict(), predict()]))).toBe(true)
    expect(passes(tallyOf([]))).toBe(false)
    expect(passes(tallyOf([predict(), broken((hops) => hops.slice(0, 2))]))).toBe(false)
  })

  it('counts what cannot be told on its own, and allows for less than one in a hundred', () => {
    const agreeing = Array.from({ length: 99 }, () => predict())
    expect(tallyOf([unsure()]).wrong).toEqual({ outcome: 0, frames: 0, rules: 0 })
    expect(passes(tallyOf([...agreeing, unsure()]))).toBe(false)
    expect(passes(tallyOf([...agreeing, ...agreeing, unsure()]))).toBe(true)
  })

  it('is missed when a flow could not be run', () => {
    const tally = tallyOf([predict()])
    tally.failed += 1
    expect(passes(tally)).toBe(false)
  })
})

describe('the kept fixtures', () => {
  it('are whole folders', () => {
    for (const name of readdirSync(fixturesFolder))
      expect(Object.keys(loadCase(join(fixturesFolder, name)))).toEqual(['state', 'kernel'])
  })
})
