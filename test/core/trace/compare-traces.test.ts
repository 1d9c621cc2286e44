import { describe, expect, it } from 'vitest'
import { compareTraces } from '../../../src/core/trace/compare-traces.ts'
import type { Hop, Trace } from '../../../src/core/trace/trace-report.ts'
import { RULES_20 } from '../../support/docker-rules.ts'
import { observeReport } from '../../support/observe-report.ts'
import { standardHost } from '../../support/scene.ts'
import { mainOf, ping, trace } from '../../support/trace-words.ts'

const report = trace(standardHost(RULES_20), ping('c1', '203.0.113.80'))
const predicted = mainOf(report).forward
const seen = mainOf(observeReport(report)).forward

const change = (device: string, edit: (hop: Hop) => Hop): Trace => ({
  ...seen,
  hops: seen.hops.map((hop) => (hop.device === device ? edit(hop) : hop)),
})

describe('compareTraces', () => {
  it('agrees with itself as it is seen', () => {
    expect(compareTraces(predicted, seen)).toMatchObject({ agrees: true, divergence: null })
  })

  it('does not mind MACs', () => {
    const observed = change('ens5', (hop) => ({
      ...hop,
      frames: hop.frames.map((frame) => ({ ...frame, sourceMac: null })),
    }))
    expect(compareTraces(predicted, observed).agrees).toBe(true)
  })

  it('names the place and the field that differ first', () => {
    const observed = change('ens5', (hop) => ({ ...hop, frames: hop.frames.map((frame) => ({ ...frame, ttl: 64 })) }))
    expect(compareTraces(predicted, observed).divergence).toBe(
      'At host ens5 the prediction has TTL 63; the frame that was seen has TTL 64.',
    )
  })

  it('finds a frame that was not seen, and one that was not predicted', () => {
    const none = change('docker0', (hop) => ({ ...hop, frames: [] }))
    expect(compareTraces(predicted, none).divergence).toContain('No frame was seen coming in at host docker0')
    expect(compareTraces(none, seen).divergence).toContain('that is not predicted')
  })

  it('finds a rule that did not match', () => {
    const observed: Trace = {
      ...seen,
      hops: seen.hops.map((hop) => ({
        ...hop,
        steps: hop.steps.filter((step) => step.kind !== 'rule' || step.verdict !== 'masquerade'),
      })),
    }
    expect(compareTraces(predicted, observed).divergence).toContain('MASQUERADE')
  })

  it('one hop more does not shift the rest', () => {
    const extra = seen.hops[1] as Hop
    const observed: Trace = { ...seen, hops: [extra, ...seen.hops] }
    const compared = compareTraces(predicted, observed)
    expect(compared.hops.filter((hop) => hop.verdict === 'differs')).toHaveLength(1)
    expect(compared.divergence).toContain('that is not predicted')
  })

  it('different fates differ even over the same hops', () => {
    expect(compareTraces(predicted, { ...seen, disposition: 'dropped' }).divergence).toBe(
      'Predicted leaves-host, observed dropped.',
    )
  })
})
