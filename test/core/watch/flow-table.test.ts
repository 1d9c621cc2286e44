import { describe, expect, it } from 'vitest'
import { readConntrackEntry } from '../../../src/core/parse/conntrack.ts'
import type { ConntrackEvent } from '../../../src/core/watch/conntrack-event.ts'
import { countDirection, type FlowRecord, measureRate } from '../../../src/core/watch/flow-record.ts'
import { FlowTable } from '../../../src/core/watch/flow-table.ts'
import type { PacketTuple } from '../../../src/core/watch/packet-tuple.ts'

const HOST = { number: 0, netns: 'host' }
const C1 = { number: 1, netns: 'container:c1' }
const C2 = { number: 2, netns: 'container:c2' }

// A container's connection, masqueraded by the host.
const MASQUERADED =
  'ipv4 2 tcp 6 120 SYN_SENT src=172.17.0.2 dst=203.0.113.80 sport=40000 dport=80 [UNREPLIED] src=203.0.113.80 dst=198.51.100.20 sport=80 dport=40000 mark=0 use=1'
const PUBLISHED =
  'ipv4 2 tcp 6 431999 ESTABLISHED src=198.51.100.200 dst=198.51.100.20 sport=5000 dport=8080 src=172.17.0.4 dst=198.51.100.200 sport=80 dport=5000 [ASSURED] mark=0 use=1'

function event(kind: ConntrackEvent['kind'], line: string): ConntrackEvent {
  const entry = readConntrackEntry(line)
  if (entry === null) throw new Error(`no entry: ${line}`)
  return { kind, entry }
}

function packet(words: string, more: Partial<PacketTuple> = {}): PacketTuple {
  const [src = '', sport, dst = '', dport] = words.replace('>', ' ').split(/[\s:]+/)
  return {
    family: 4,
    protocol: 'tcp',
    src,
    dst,
    sourcePort: Number(sport),
    destinationPort: Number(dport),
    length: 100,
    opens: null,
    ...more,
  }
}

const table = (options: Partial<ConstructorParameters<typeof FlowTable>[0]> = {}): FlowTable =>
  new FlowTable({ listsAll: true, most: 1000, ...options })
const flowsOf = (one: FlowTable): readonly FlowRecord[] => [...one.flows]

describe('FlowTable', () => {
  it('knows a packet before and after translation, on every device, and counts it once', () => {
    const flows = table()
    flows.track(HOST, event('new', MASQUERADED), 0)
    for (let round = 0; round < 3; round += 1) {
      flows.see(C1, 1, packet('172.17.0.2:40000 > 203.0.113.80:80'), round)
      flows.see(HOST, 2, packet('172.17.0.2:40000 > 203.0.113.80:80'), round)
      flows.see(HOST, 3, packet('198.51.100.20:40000 > 203.0.113.80:80'), round)
    }
    flows.see(HOST, 4, packet('203.0.113.80:80 > 198.51.100.20:40000'), 4)
    flows.see(HOST, 5, packet('203.0.113.80:80 > 172.17.0.2:40000'), 4)
    const [flow, ...others] = flowsOf(flows)
    expect(others).toEqual([])
    expect(flow && countDirection(flow, true)).toEqual({ packets: 3, bytes: 300 })
    expect(flow && countDirection(flow, false)).toEqual({ packets: 1, bytes: 100 })
  })

  it('makes one of two that were taken apart, when conntrack tells that they are one', () => {
    const flows = table()
    flows.see(C1, 1, packet('172.17.0.2:40000 > 203.0.113.80:80', { opens: true }), 0)
    flows.see(HOST, 3, packet('198.51.100.20:40000 > 203.0.113.80:80', { opens: true }), 0)
    expect(flowsOf(flows)).toHaveLength(2)
    const second = flowsOf(flows)[1]?.id
    flows.track(HOST, event('update', MASQUERADED), 1)
    const [flow, ...others] = flowsOf(flows)
    expect(others).toEqual([])
    expect(flows.takeGone()).toEqual([second])
    flows.see(HOST, 3, packet('198.51.100.20:40000 > 203.0.113.80:80'), 2)
    expect(flow && countDirection(flow, true)).toEqual({ packets: 2, bytes: 200 })
    expect(flow?.original.src).toBe('172.17.0.2')
  })

  it('takes the entries of two namespaces for one connection, with the translation of either', () => {
    const flows = table()
    const inside = PUBLISHED.replace('dst=198.51.100.20 ', 'dst=172.17.0.4 ').replace('dport=8080', 'dport=80')
    flows.track(C1, event('listed', inside), 0)
    flows.track(HOST, event('listed', PUBLISHED), 0)
    const [flow, ...others] = flowsOf(flows)
    expect(others).toEqual([])
    expect(flow?.original).toMatchObject({ dst: '198.51.100.20', destinationPort: 8080 })
    expect(flow?.reply).toMatchObject({ src: '172.17.0.4', sourcePort: 80 })
    flows.track(HOST, event('destroy', PUBLISHED), 1)
    expect(flow?.ended).toBe(false)
    flows.track(C1, event('destroy', inside), 1)
    expect(flow?.ended).toBe(true)
  })

  it.each([
    ['a SYN', { opens: true }, '172.17.0.2', 'opening'],
    ['the answer to a SYN', { opens: false }, '172.17.0.3', 'opening'],
    ['any other packet', {}, '172.17.0.2', 'first-packet'],
  ] as const)('lets %s say who began where nothing is tracked', (_what, more, src, from) => {
    const flows = table()
    const flow = flows.see(HOST, 1, packet('172.17.0.2:1 > 172.17.0.3:2', more), 0)
    expect({ src: flow.original.src, from: flow.directionFrom }).toEqual({ src, from })
    const forward = src === '172.17.0.2'
    expect(countDirection(flow, forward).packets).toBe(1)
  })

  it('turns a conversation whose first packet was an answer, and what was counted of it', () => {
    const flows = table()
    const flow = flows.see(HOST, 1, packet('203.0.113.80:80 > 172.17.0.2:40000'), 0)
    flows.track(HOST, event('update', MASQUERADED), 1)
    expect(flow).toMatchObject({ directionFrom: 'conntrack', original: { src: '172.17.0.2' } })
    expect(countDirection(flow, false).packets).toBe(1)
    expect(countDirection(flow, true).packets).toBe(0)
  })

  it('begins another one when a port is used again', () => {
    const flows = table()
    const first = flows.track(HOST, event('new', MASQUERADED), 0)
    flows.see(HOST, 2, packet('172.17.0.2:40000 > 203.0.113.80:80'), 0)
    flows.track(HOST, event('destroy', MASQUERADED), 1)
    const second = flows.track(HOST, event('new', MASQUERADED), 2)
    flows.see(HOST, 2, packet('172.17.0.2:40000 > 203.0.113.80:80'), 3)
    expect(first?.id).not.toBe(second?.id)
    expect([first, second].map((flow) => flow && countDirection(flow, true).packets)).toEqual([1, 1])
    expect(first?.ended).toBe(true)
    // What comes late of the old one's end is no end of the new one.
    expect(flows.track(C1, event('destroy', MASQUERADED), 4)).toBeNull()
    expect(second?.ended).toBe(false)
  })

  it('keeps loopback conversations of two namespaces apart', () => {
    const flows = table()
    flows.see(C1, 1, packet('127.0.0.1:1000 > 127.0.0.1:80'), 0)
    flows.see(C2, 2, packet('127.0.0.1:1000 > 127.0.0.1:80'), 0)
    expect(flowsOf(flows).map(({ seenIn }) => seenIn)).toEqual(['container:c1', 'container:c2'])
  })

  it('follows an echo by its id, both ways', () => {
    const flows = table()
    const echo = { protocol: 'icmp', sourcePort: 25, destinationPort: null } as const
    const flow = flows.see(HOST, 1, packet('10.0.0.1:0 > 10.0.0.2:0', { ...echo, opens: true }), 0)
    const again = flows.see(HOST, 2, packet('10.0.0.2:0 > 10.0.0.1:0', { ...echo, opens: false }), 1)
    expect(again).toBe(flow)
    expect(countDirection(flow, false).packets).toBe(1)
  })

  it('shows connections without packets only where all are listed', () => {
    const flow = table({ listsAll: false }).track(HOST, event('listed', MASQUERADED), 0)
    expect(flow?.shown).toBe(false)
  })

  it('hides what is Hopwire s own, also after it became part of another', () => {
    const flows = table()
    const own = flows.see(C1, 1, packet('172.17.0.2:40000 > 203.0.113.80:80', { opens: true }), 0)
    flows.see(HOST, 3, packet('198.51.100.20:40000 > 203.0.113.80:80', { opens: true }), 0)
    flows.hide(own)
    expect(flows.takeGone()).toEqual([own.id])
    flows.track(HOST, event('new', MASQUERADED), 1)
    expect(flowsOf(flows).filter((flow) => !flow.own)).toEqual([])
  })

  it('lets go of those that ended first, then of the quietest, and counts them', () => {
    const flows = table({ most: 20 })
    const ended = flows.track(HOST, event('new', MASQUERADED), 0)
    flows.track(HOST, event('destroy', MASQUERADED), 1000)
    for (let port = 1; port <= 20; port += 1) flows.see(HOST, 1, packet(`10.0.0.1:${port} > 10.0.0.2:80`), port)
    const ids = flowsOf(flows).map(({ original }) => original.sourcePort)
    expect(ids).not.toContain(40000)
    expect(ids).toContain(20)
    expect(ids).toHaveLength(18)
    expect(flows.forgotten).toBe(3)
    expect(flows.takeGone()).toContain(ended?.id)
    // A tuple that was let go of begins anew.
    const again = flows.see(HOST, 1, packet('10.0.0.1:1 > 10.0.0.2:80'), 2000)
    expect(countDirection(again, true).packets).toBe(1)
  })

  it('lets what ended go after a while, and what nobody tracks after a longer one', () => {
    const flows = table()
    flows.track(HOST, event('new', MASQUERADED), 0)
    flows.track(HOST, event('destroy', MASQUERADED), 0)
    flows.see(HOST, 1, packet('10.0.0.1:1 > 10.0.0.2:80'), 0)
    flows.track(HOST, event('listed', PUBLISHED), 0)
    flows.expire(50, 30, 100)
    expect(flowsOf(flows)).toHaveLength(2)
    flows.expire(150, 30, 100)
    expect(flowsOf(flows).map(({ trackedIn }) => trackedIn.size)).toEqual([1])
  })
})

describe('measureRate', () => {
  it('tells the rate of the last second', () => {
    const flows = table()
    const flow = flows.see(HOST, 1, packet('10.0.0.1:1 > 10.0.0.2:80'), 0)
    for (let at = 250; at <= 2000; at += 250) {
      for (let count = 0; count < 10; count += 1) flows.see(HOST, 1, packet('10.0.0.1:1 > 10.0.0.2:80'), at)
      measureRate(flow, at)
    }
    expect(measureRate(flow, 2250)).toMatchObject({ packetsPerSecond: 30, bytesPerSecond: 3000 })
    expect(measureRate(flow, 5000)).toEqual({ packetsPerSecond: 0, bytesPerSecond: 0 })
  })
})
