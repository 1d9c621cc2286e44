import { describe, expect, test } from 'vitest'
import { exitForDisposition, exitForFailure } from '../../src/cli/exit-status.ts'
import { printFailure, printProblem } from '../../src/cli/print/print-failure.ts'

describe('exit status', () => {
  test.each([
    ['delivered', 0],
    ['leaves-host', 0],
    ['dropped', 1],
    ['rejected', 1],
    ['no-route', 1],
    ['neighbor-unreachable', 1],
    ['nothing-listening', 1],
    ['loop', 1],
    ['ttl-exceeded', 1],
    ['too-big', 1],
    ['cannot-tell', 1],
  ] as const)('of a packet that is %s is %i', (disposition, status) => {
    expect(exitForDisposition(disposition)).toBe(status)
  })

  test.each([
    ['bad-params', 2],
    ['bad-flow', 2],
    ['unknown-endpoint', 2],
    ['unknown-name', 2],
    ['unreadable-file', 2],
    ['engine-unreachable', 3],
    ['engine-too-old', 3],
    ['engine-denied', 3],
    ['probe-failed', 3],
    ['internal', 70],
    ['disconnected', 70],
    ['unknown-method', 70],
    ['cancelled', 130],
  ] as const)('of the failure %s is %i', (code, status) => {
    expect(exitForFailure(code)).toBe(status)
  })
})

describe('printFailure', () => {
  test('joins what happened and what to do on one line', () => {
    const failure = { code: 'engine-denied', message: 'permission denied.', hint: 'join the group docker' } as const
    expect(printFailure(failure)).toBe('hopwire: permission denied; join the group docker')
  })

  test('stays on one line whatever the message holds', () => {
    expect(printProblem('a\n  at b (c.js)\r\n\u001b[31mred')).toBe('hopwire: a   at b (c.js) [31mred')
  })
})
