import { describe, expect, it } from 'vitest'
import type { Flow } from '../../../src/core/trace/flow.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { RULES_28 } from '../../support/docker-rules.ts'
import { standardHost } from '../../support/scene.ts'

const GATEWAY = '198.51.100.1'

function lastHops(flow: Partial<Flow>): readonly string[] {
  const traced = traceFlow(standardHost(RULES_28), { from: 'c1', to: '203.0.113.80', protocol: 'icmp', ...flow })
  if (!traced.ok) throw new Error(traced.problem.message)
  expect(traced.report.disposition).toBe('leaves-host')
  return traced.report.warnings.filter((warning) => warning.includes('leaves with TTL 1'))
}

describe('a packet that leaves with its last hop', () => {
  it('is told to end at the gateway, where an answer is assumed', () => {
    const warnings = lastHops({ ttl: 2 })
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(`by way of ${GATEWAY}`)
    expect(lastHops({ from: 'host', ttl: 1 })).toEqual(warnings)
  })

  it('is not in doubt with more hops left, or where the gateway is whom it is for', () => {
    expect(lastHops({ ttl: 3 })).toEqual([])
    expect(lastHops({ from: 'host', to: GATEWAY, ttl: 1 })).toEqual([])
  })
})
