import { describe, expect, it } from 'vitest'
import { whyNoKernel } from '../../../src/backend/consent/why-no-kernel.ts'
import type { SourceStatus } from '../../../src/protocol/contract.ts'
import { readStandardHost } from '../../support/scripted-source.ts'

const whole = readStandardHost()
const fromApi = { ...whole, origin: 'api' } as const
const allowed: SourceStatus = {
  kind: 'docker',
  phase: 'ready',
  label: 'Docker',
  progress: null,
  activity: null,
  problem: null,
  helperConsent: { answer: 'allowed', note: null, engine: 'unix:///x' },
}

describe('why nothing is sent or watched', () => {
  it('is nothing where the helper has read the host', () => {
    expect(whyNoKernel(whole, allowed)).toBeNull()
  })

  it('is what was said about the helper, also where it has read the host before', () => {
    const refused = { ...allowed, helperConsent: { answer: 'refused', note: null, engine: 'unix:///x' } } as const
    expect(whyNoKernel(whole, refused)?.code).toBe('helper-refused')
  })

  it('is the reading, where only the API was asked although the helper is allowed', () => {
    const problem = 'the privileged helper could not be started: no space left on device'
    expect(whyNoKernel(fromApi, { ...allowed, problem })).toMatchObject({
      code: 'probe-failed',
      message: `the host was not read with the privileged helper: ${problem}`,
    })
  })

  it('is for its source to say of a host that was saved: nobody reads it anew', () => {
    const { helperConsent: _, ...saved } = allowed
    expect(whyNoKernel(fromApi, { ...saved, kind: 'snapshot' })).toBeNull()
  })
})
