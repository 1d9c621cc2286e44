import { describe, expect, it } from 'vitest'
import {
  filterFlows,
  natWords,
  sortFlows,
  stateWords,
  tupleWords,
  turnOrder,
  USUAL_ORDER,
} from '../../../../src/renderer/panels/watch/list-flows.ts'
import { makeFlow } from '../../support/watch-samples.ts'

const outbound = makeFlow(2, {
  to: { name: '203.0.113.80', netns: null },
  original: { src: '172.17.0.2', dst: '203.0.113.80', sourcePort: 33_000, destinationPort: 443 },
  nat: { source: '198.51.100.10:33000', destination: null },
  state: 'SYN_SENT',
  flags: ['UNREPLIED'],
})
const ping = makeFlow(3, {
  protocol: 'icmp',
  original: { src: '172.17.0.3', dst: '172.17.0.4', sourcePort: 7 },
  nat: null,
  state: null,
  flags: null,
  ended: true,
})
const ids = (flows: readonly { readonly id: number }[]) => flows.map(({ id }) => id)

describe('the words of a flow', () => {
  it('says what stands for what after translation', () => {
    expect(natWords(makeFlow(1))).toBe('198.51.100.10:8080 → 172.17.0.4:80')
    expect(natWords(outbound)).toBe('172.17.0.2:33000 → 198.51.100.10:33000')
    expect(natWords(ping)).toBe('')
  })

  it('writes the destination of a flow that is translated at both ends first', () => {
    const both = makeFlow(1, { nat: { source: '172.17.0.1:5', destination: '172.17.0.4:80' } })
    expect(natWords(both)).toBe('198.51.100.10:8080 → 172.17.0.4:80, 172.17.0.2:40001 → 172.17.0.1:5')
  })

  it('tells an echo id from a port, and sets IPv6 addresses apart from theirs', () => {
    expect(tupleWords(ping.original)).toEqual(['172.17.0.3 id 7', '172.17.0.4'])
    const six = { src: '2001:db8::2', dst: '2001:db8::3', sourcePort: 1, destinationPort: 80 }
    expect(tupleWords(six)).toEqual(['[2001:db8::2]:1', '[2001:db8::3]:80'])
  })

  it('says conntrack’s state, that nobody has replied, and that it is over', () => {
    expect(stateWords(makeFlow(1))).toBe('ESTABLISHED')
    expect(stateWords(outbound)).toBe('SYN_SENT UNREPLIED')
    expect(stateWords(ping)).toBe('ended')
  })
})

describe('the order of flows', () => {
  const flows = [makeFlow(1, { packetsPerSecond: 5 }), outbound, ping, makeFlow(10, { packetsPerSecond: 90 })]

  it('has the newest first, and numbers by their size', () => {
    expect(ids(sortFlows(flows, USUAL_ORDER))).toEqual([10, 3, 2, 1])
    expect(ids(sortFlows(flows, { column: 'rate', descending: true }))).toEqual([10, 1, 3, 2])
  })

  it('keeps equal ones in one order, whatever order they come in', () => {
    const order = { column: 'packets', descending: true } as const
    expect(ids(sortFlows(flows, order))).toEqual(ids(sortFlows(flows.toReversed(), order)))
  })

  it('turns round with a second press, and begins numbers with the largest', () => {
    expect(turnOrder(USUAL_ORDER, 'bytes')).toEqual({ column: 'bytes', descending: true })
    expect(turnOrder({ column: 'bytes', descending: true }, 'bytes')).toEqual({ column: 'bytes', descending: false })
    expect(turnOrder(USUAL_ORDER, 'from')).toEqual({ column: 'from', descending: false })
  })
})

describe('the filter of flows', () => {
  const flows = [makeFlow(1), outbound, ping]

  it.each([
    ['web', [1, 3]],
    ['203.0.113.80', [2]],
    [':8080 c1', [1]],
    ['unreplied', [2]],
    ['ICMP', [3]],
    ['172.17.0.4:80', [1]],
    ['nobody', []],
    ['  ', [1, 2, 3]],
  ])('finds “%s”', (text, found) => {
    expect(ids(filterFlows(flows, text))).toEqual(found)
  })
})
