import { describe, expect, it } from 'vitest'
import { describeStep } from '../../../../src/renderer/panels/event-list/describe-step.ts'
import { MASQUERADE, step } from '../sample-report.ts'

describe('describeStep', () => {
  it('names where a jump leads', () => {
    const jump = {
      ...MASQUERADE,
      chain: 'FORWARD',
      table: 'filter',
      verdict: 'jump' as const,
      target: 'DOCKER-USER',
      diff: [],
    }
    expect(describeStep(jump, null)).toMatchObject({ place: 'filter FORWARD', verdict: '→ DOCKER-USER', tone: 'plain' })
  })

  it('marks a policy that drops, a missing route and doubt', () => {
    const place = { family: 'ip', table: 'filter', chain: 'FORWARD', hook: 'forward', triedBefore: 3 } as const
    expect(describeStep(step({ kind: 'policy', verdict: 'drop', ...place }, ''), null).tone).toBe('stop')
    const none = step({ kind: 'route', decision: 'none', table: null, route: null, via: null, device: null }, '')
    expect(describeStep(none, null)).toMatchObject({ verdict: 'none', tone: 'stop' })
    expect(describeStep(step({ kind: 'unknown', what: '-m recent' }, ''), 'eth0')).toEqual({
      place: 'eth0',
      verdict: 'cannot tell',
      detail: '-m recent',
      tone: 'doubt',
    })
  })

  it('says which MAC a neighbour has, and when it has none', () => {
    const known = {
      kind: 'neighbor',
      address: '198.51.100.1',
      device: 'ens5',
      mac: '0a:00:00:00:00:01',
      state: 'stale',
    } as const
    expect(describeStep(step(known, ''), 'ens5').detail).toBe('198.51.100.1 is 0a:00:00:00:00:01')
    expect(describeStep(step({ ...known, mac: null, state: 'failed' }, ''), 'ens5')).toMatchObject({
      verdict: 'unknown',
      detail: '198.51.100.1 failed',
    })
  })
})
