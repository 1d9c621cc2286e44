import { describe, expect, it } from 'vitest'
import { PARAM_CHECKS } from '../../src/protocol/params.ts'

const flow = { from: 'c1', to: 'facebook.com', protocol: 'tcp' }
const trace = (params: unknown) => PARAM_CHECKS.trace(params)
const traceFlow = (change: object) => trace({ flow: { ...flow, ...change }, tried: false })

describe('PARAM_CHECKS', () => {
  it('gives the whole of a good flow', () => {
    const whole = { ...flow, sourcePort: 0, destinationPort: 65535, ttl: 255, length: 20, dontFragment: true }
    expect(trace({ flow: whole, tried: true })).toEqual({ ok: true, value: { flow: whole, tried: true } })
  })

  it('gives no member that was not sent', () => {
    expect(traceFlow({ ttl: undefined })).toEqual({ ok: true, value: { flow, tried: false } })
  })

  it.each([
    ['params', null],
    ['params', []],
    ['params.extra', { flow, tried: false, extra: 1 }],
    ['flow', { tried: false }],
    ['tried', { flow }],
    ['tried', { flow, tried: 'yes' }],
  ])('says that %s is wrong in %j', (at, params) => {
    expect(trace(params)).toMatchObject({ ok: false, failure: { code: 'bad-params', at } })
  })

  it.each([
    ['flow.from', { from: '' }],
    ['flow.from', { from: 7 }],
    ['flow.to', { to: 'a\nb' }],
    ['flow.to', { to: 'x'.repeat(301) }],
    ['flow.protocol', { protocol: 'sctp' }],
    ['flow.protocol', { protocol: 'toString' }],
    ['flow.sourcePort', { sourcePort: -1 }],
    ['flow.destinationPort', { destinationPort: '80' }],
    ['flow.destinationPort', { destinationPort: 80.5 }],
    ['flow.destinationPort', { destinationPort: null }],
    ['flow.ttl', { ttl: 0 }],
    ['flow.length', { length: 65536 }],
    ['flow.length', { length: Number.NaN }],
    ['flow.dontFragment', { dontFragment: 1 }],
    ['flow.port', { port: 80 }],
  ])('says that %s is wrong in %j', (at, change) => {
    expect(traceFlow(change)).toMatchObject({ ok: false, failure: { code: 'bad-params', at } })
  })

  it('does not send a long unknown name back', () => {
    const outcome = traceFlow({ ['y'.repeat(5000)]: 1 })
    expect(outcome.ok ? '' : outcome.failure.message.length).toBeLessThan(100)
  })

  it.each(['hello', 'hostState', 'refresh'] as const)('lets %s have no parameters at all', (method) => {
    expect(PARAM_CHECKS[method]({})).toEqual({ ok: true, value: {} })
    expect(PARAM_CHECKS[method]({ force: true })).toMatchObject({ ok: false, failure: { at: 'params.force' } })
    expect(PARAM_CHECKS[method](undefined)).toMatchObject({ ok: false, failure: { at: 'params' } })
  })
})
