import { describe, expect, it } from 'vitest'
import { compareSteps } from '../../../src/core/trace/compare-steps.ts'
import type { Evidence } from '../../../src/core/trace/evidence.ts'
import type { Step } from '../../../src/core/trace/step.ts'

const base = { diff: [], why: 'because' } as const
const drop = (reason: string, basis: Evidence['basis']): Step => ({
  kind: 'drop',
  reason,
  evidence: { basis },
  ...base,
})
const rule = (text: string, verdict: Extract<Step, { kind: 'rule' }>['verdict'], basis: Evidence['basis']): Step => ({
  kind: 'rule',
  family: 'ip',
  table: 'nat',
  chain: 'POSTROUTING',
  hook: 'postrouting',
  rule: text,
  verdict,
  target: '',
  triedBefore: 0,
  evidence: { basis },
  ...base,
})

describe('compareSteps', () => {
  it('holds the kernel’s own drop reasons against each other, and no others', () => {
    const predicted = drop('IP_RPFILTER', 'state')
    expect(compareSteps(predicted, drop('IP_LOCAL_SOURCE', 'drop-reason')).remark).toBe(
      'Predicted drop reason IP_RPFILTER, observed IP_LOCAL_SOURCE.',
    )
    expect(compareSteps(predicted, drop('IP_RPFILTER', 'drop-reason')).verdict).toBe('agrees')
    expect(compareSteps(predicted, drop('NO_ROUTE', 'frame')).verdict).toBe('agrees')
    expect(compareSteps(drop('bridge port is blocked', 'state'), drop('NOT_SPECIFIED', 'drop-reason')).verdict).toBe(
      'agrees',
    )
  })

  it('calls what a bridge did neither the same nor another where its ports alone show it', () => {
    const bridge = (decision: 'forward' | 'flood', ports: readonly string[]): Step => ({
      kind: 'bridge',
      bridge: 'docker0',
      decision,
      ports,
      evidence: { basis: 'frame' },
      ...base,
    })
    const forward = bridge('forward', ['veth1'])
    expect(compareSteps(forward, forward).verdict).toBe('agrees')
    expect(compareSteps(forward, bridge('flood', ['veth1', 'veth2']))).toEqual({
      verdict: 'not-observable',
      remark: 'Predicted to forward; the ports show flood.',
    })
  })

  it('takes a rule trace’s accept for a translation, but not for a drop', () => {
    const text = '-A POSTROUTING -j MASQUERADE'
    expect(compareSteps(rule(text, 'masquerade', 'state'), rule(text, 'accept', 'nft-trace')).verdict).toBe('agrees')
    expect(compareSteps(rule(text, 'masquerade', 'state'), rule(text, 'drop', 'nft-trace')).verdict).toBe('differs')
  })

  it('says nothing of a rule whose match the prediction assumed, nor of one that was filled in', () => {
    const text = '-A POSTROUTING -m statistic --mode random --probability 0.5 -j ACCEPT'
    expect(compareSteps(rule(text, 'accept', 'assumed'), null).verdict).toBe('not-observable')
    expect(compareSteps(rule(text, 'accept', 'state'), rule(text, 'accept', 'prediction')).verdict).toBe(
      'not-observable',
    )
    expect(compareSteps(rule(text, 'accept', 'state'), null).verdict).toBe('differs')
    expect(compareSteps(rule(text, 'accept', 'state'), rule(text, 'accept', 'counter')).verdict).toBe('agrees')
  })
})
