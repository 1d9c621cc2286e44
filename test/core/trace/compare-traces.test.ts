import { describe, expect, it } from 'vitest'
import { compareTraces } from '../../../src/core/trace/compare-traces.ts'
import type { Hop, Trace } from '../../../src/core/trace/trace-report.ts'
import { RULES_20 } from '../../support/docker-rules.ts'
import { standardHost } from '../../support/scene.ts'
import { mainOf, ping, trace } from '../../support/trace-words.ts'

const predicted = mainOf(trace(standardHost(RULES_20), ping('c1', '203.0.113.80'))).forward

const change = (device: string, edit: (hop: Hop) => Hop): Trace => ({
  ...predicted,
  hops: predicted.hops.map((hop) => (hop.device === device ? edit(hop) : hop)),
})

describe('compareTraces', () => {
  it('agrees with itself', () => {
    expect(compareTraces(predicted, predicted)).toMatchObject({ agrees: true, divergence: null })
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
    expect(compareTraces(predicted, observed).divergence).toBe('host ens5: predicted ttl 63, observed 64.')
  })

  it('finds a frame that was not seen, and one that was not predicted', () => {
    const none = change('docker0', (hop) => ({ ...hop, frames: [] }))
    expect(compareTraces(predicted, none).divergence).toContain('host docker0 does not show')
    expect(compareTraces(none, predicted).divergence).toContain('was not predicted')
  })

  it('finds a rule that did not match', () => {
    const observed: Trace = {
      ...predicted,
      hops: predicted.hops.map((hop) => ({
        ...hop,
        steps: hop.steps.filter((step) => step.kind !== 'rule' || step.verdict !== 'masquerade'),
      })),
    }
    expect(compareTraces(predicted, observed).divergence).toContain('MASQUERADE')
  })

  it('one hop more does not shift the rest', () => {
    const extra = predicted.hops[1] as Hop
    const observed: Trace = { ...predicted, hops: [extra, ...predicted.hops] }
    const compared = compareTraces(predicted, observed)
    expect(compared.hops.filter((hop) => !hop.agrees)).toHaveLength(1)
    expect(compared.divergence).toContain('observed and not predicted')
  })

  it('different fates differ even over the same hops', () => {
    expect(compareTraces(predicted, { ...predicted, disposition: 'dropped' }).divergence).toBe(
      'Predicted leaves-host, observed dropped.',
    )
  })
})
