import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RawNamespace } from '../../src/core/parse/live/raw-observation.ts'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import { traceFlow } from '../../src/core/tracer/trace-flow.ts'
import { judgeObservation, type ObservedCheck } from '../conformance/judge-observation.ts'
import { loadObserved, type ObservedCase, observedFolder } from '../conformance/observed-case.ts'
import { predictedFor } from '../conformance/watch-flow.ts'

const files = readdirSync(observedFolder)

function predict({ state, kernel: { flow } }: ObservedCase): TraceReport {
  const traced = traceFlow(state, flow)
  if (!traced.ok) throw new Error(traced.problem.message)
  return predictedFor(flow.protocol === 'tcp' ? 'tcp-syn' : flow.protocol, traced.report)
}

function judge(one: ObservedCase): ObservedCheck {
  const { state, kernel, raw } = one
  return judgeObservation({ state, predicted: predict(one), raw, truth: kernel.truth })
}

/** Probes of conformance runs of which a report was once made wrongly, with all that the watch printed of them. */
describe('reports of what was seen', () => {
  it.each(files)('%s', (file) => {
    const { disagreements, divergence } = judge(loadObserved(file))
    expect(disagreements).toEqual([])
    expect(divergence).toBeNull()
  })
})

describe('the comparison with what taps and counters saw', () => {
  const [file = ''] = files
  const whole = loadObserved(file)
  const without = (change: (raw: RawNamespace) => RawNamespace): ObservedCase => ({
    ...whole,
    raw: { ...whole.raw, namespaces: whole.raw.namespaces.map(change) },
  })

  it('fails when the watch has missed the frames of a namespace', () => {
    const empty = (pcap: Uint8Array | null): Uint8Array | null => pcap && pcap.slice(0, 24)
    const blind = without((raw) => (raw.netns === 'host' ? { ...raw, pcap: empty(raw.pcap) } : raw))
    expect(judge(blind).disagreements.map(({ about }) => about)).toContain('frames')
  })

  it('fails when the watch has missed a rule', () => {
    const policies = (text: string): string => text.replace(/^.* rule .*\n/gm, '')
    const deaf = without((raw) => (raw.nftTrace === null ? raw : { ...raw, nftTrace: policies(raw.nftTrace) }))
    expect(judge(deaf).disagreements.map(({ about }) => about)).toContain('rules')
  })

  it('tells what could not be watched, instead of judging without it', () => {
    const why = 'rules cannot be traced: Operation not permitted'
    const lacking = without((raw) => ({ ...raw, lacks: [{ what: 'rules', why }] }))
    expect(() => judge(lacking)).toThrow(why)
  })
})
