import { describe, expect, it } from 'vitest'
import { forwardBridge } from '../../../src/core/forward/forward-bridge.ts'
import { indexNamespace } from '../../../src/core/forward/forward-index.ts'
import type { Interface } from '../../../src/core/host/interface.ts'
import { device, namespace } from '../../support/build-host.ts'

const settings = { state: 'forwarding', hairpin: false, learning: true, flood: true, isolated: false } as const
const bridge = device(10, 'br0', 'bridge', { mac: '02:00:00:00:00:01' })
const port = (index: number, name: string, more: Partial<NonNullable<Interface['port']>> = {}): Interface =>
  device(index, name, 'veth', { mac: `06:00:00:00:00:${index}`, master: 'br0', port: { ...settings, ...more } })

function decide(
  ports: readonly Interface[],
  mac: string,
  from: string | null = 'p1',
  learned: ReadonlyMap<string, string> = new Map(),
) {
  const fdb = [{ mac: '02:aa:00:00:00:02', device: 'p2', master: 'br0', permanent: false, self: false }]
  const index = indexNamespace(namespace({ name: 'host', devices: [bridge, ...ports], over: { fdb } }))
  const fromPort = from === null ? null : (index.interfaces.get(from) ?? null)
  return forwardBridge(index, { bridge, fromPort, destinationMac: mac }, learned)
}

const three = [port(11, 'p1'), port(12, 'p2'), port(13, 'p3')]

describe('forwardBridge', () => {
  it('takes frames for the bridge’s MAC and for its ports’ MACs up to the host', () => {
    expect(decide(three, '02:00:00:00:00:01').kind).toBe('local')
    expect(decide(three, '06:00:00:00:00:12').kind).toBe('local')
  })

  it('follows the forwarding database, and what was learned since before it', () => {
    expect(decide(three, '02:aa:00:00:00:02')).toMatchObject({ kind: 'forward', port: { name: 'p2' } })
    const learned = new Map([['br0 02:aa:00:00:00:02', 'p3']])
    expect(decide(three, '02:aa:00:00:00:02', 'p1', learned)).toMatchObject({ kind: 'forward', port: { name: 'p3' } })
  })

  it('floods an unknown MAC to all ports but the one it came from, the newest first', () => {
    const decision = decide(three, '02:aa:00:00:00:99')
    expect(decision.kind === 'flood' && decision.ports.map((each) => each.name)).toEqual(['p3', 'p2'])
  })

  it('floods nothing to a port with flooding off, but broadcasts still', () => {
    const ports = [port(11, 'p1'), port(12, 'p2', { flood: false })]
    expect(decide(ports, '02:aa:00:00:00:99')).toMatchObject({ kind: 'flood', ports: [] })
    const broadcast = decide(ports, 'ff:ff:ff:ff:ff:ff')
    expect(broadcast.kind === 'flood' && [broadcast.ports.length, broadcast.local]).toEqual([1, true])
  })

  it('sends a frame back out of its own port only in hairpin mode', () => {
    expect(decide(three, '02:aa:00:00:00:02', 'p2')).toMatchObject({
      kind: 'drop',
      why: expect.stringContaining('hairpin'),
    })
    expect(decide([port(11, 'p1'), port(12, 'p2', { hairpin: true })], '02:aa:00:00:00:02', 'p2').kind).toBe('forward')
  })

  it('keeps isolated ports from each other, not from others', () => {
    const both = [port(11, 'p1', { isolated: true }), port(12, 'p2', { isolated: true })]
    expect(decide(both, '02:aa:00:00:00:02').kind).toBe('drop')
    expect(decide([port(11, 'p1'), port(12, 'p2', { isolated: true })], '02:aa:00:00:00:02').kind).toBe('forward')
  })

  it('drops for a port that is not forwarding, also what the host sends', () => {
    expect(decide([port(11, 'p1'), port(12, 'p2', { state: 'blocking' })], '02:aa:00:00:00:02').kind).toBe('drop')
    expect(decide([port(12, 'p2', { state: 'disabled' })], '02:aa:00:00:00:02', null).kind).toBe('drop')
  })
})
