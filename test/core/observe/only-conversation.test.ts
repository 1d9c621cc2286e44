import { describe, expect, it } from 'vitest'
import type { Packet } from '../../../src/core/net/packet.ts'
import type { Observation, PacketIdentity, SeenFrame, SeenRule } from '../../../src/core/observe/observation.ts'
import { onlyConversation } from '../../../src/core/observe/only-conversation.ts'

const PUBLISHED = { dst: '198.51.100.20', destinationPort: 8080 }
const INSIDE = { dst: '172.17.0.4', destinationPort: 80 }
const BACK = { src: '172.17.0.4', sourcePort: 80, dst: '198.51.100.200' }

function tcp(part: Partial<Packet>): Packet {
  const link = { sourceMac: null, destinationMac: null, ttl: 64, length: 60, dontFragment: true }
  const ends = { src: '198.51.100.200', ...PUBLISHED }
  return { family: 4, protocol: 'tcp', tcpFlags: ['syn'], ...link, ...ends, ...part }
}

function frame(packet: Packet, identity: PacketIdentity, device = 'ens5'): SeenFrame {
  return { netns: 'host', device, direction: 'in', otherHost: false, packet, identity, at: 0 }
}

function rule(traceId: string, event: SeenRule['event']): SeenRule {
  return { netns: 'host', traceId, family: 'ip', table: 'raw', chain: 'PREROUTING', event }
}

const met = (traceId: string, packet: Packet): SeenRule =>
  rule(traceId, { kind: 'packet', packet, identity: {}, inDevice: 'docker0', outDevice: null })
const policy = (traceId: string): SeenRule => rule(traceId, { kind: 'policy', verdict: 'accept' })

function observation(frames: readonly SeenFrame[], rules: readonly SeenRule[] = []): Observation {
  const sender = { outcome: 'not-sent', detail: '', roundTrip: null } as const
  return { frames, rules, drops: [], counters: [], sender, watched: [] }
}

const first = frame(tcp({ sourcePort: 4711 }), { ipId: 7, tcpSequence: 100 })

describe('what belongs to the conversation that was adopted', () => {
  it('keeps it at every place, under the names that translation gave it, and leaves out what others said there', () => {
    const own = [
      first,
      frame(tcp({ ...INSIDE, sourcePort: 4711, ttl: 63 }), { ipId: 7, tcpSequence: 100 }, 'docker0'),
      // A masqueraded one has another sender.
      frame(tcp({ ...INSIDE, src: '172.17.0.1', sourcePort: 5000, ttl: 63 }), { ipId: 7, tcpSequence: 100 }, 'eth0'),
      frame(tcp({ ...BACK, dst: '172.17.0.1', destinationPort: 5000, tcpFlags: ['syn', 'ack'] }), { ipId: 0 }, 'eth0'),
      frame(tcp({ ...BACK, destinationPort: 4711, tcpFlags: ['syn', 'ack'] }), { ipId: 0 }, 'docker0'),
    ]
    const others = [
      frame(tcp({ sourcePort: 4710 }), { ipId: 6, tcpSequence: 99 }),
      frame(tcp({ src: '198.51.100.7', sourcePort: 4711 }), { ipId: 7, tcpSequence: 98 }),
      frame(tcp({ ...BACK, destinationPort: 4710, tcpFlags: ['syn', 'ack'] }), { ipId: 0 }, 'docker0'),
    ]
    expect(onlyConversation(observation([...others, ...own]), first).frames).toEqual(own)
  })

  it('keeps the rules that it met, also where the kernel uses a trace id of somebody else again', () => {
    const answer = (destinationPort: number) => tcp({ ...BACK, destinationPort, tcpFlags: ['syn', 'ack'] })
    const rules = [met('a', answer(4710)), policy('a'), met('b', answer(4711)), policy('b'), policy('a')]
    const again = [met('a', answer(4711)), policy('a')]
    const inside = frame(tcp({ ...INSIDE, sourcePort: 4711 }), { ipId: 7, tcpSequence: 100 })
    const kept = onlyConversation(observation([first, inside], [...rules, ...again]), first).rules
    expect(kept).toEqual([met('b', answer(4711)), policy('b'), ...again])
  })

  it('keeps errors about it, questions for neighbours, and what docker-proxy asks on', () => {
    const error = (sourcePort: number) => {
      const { tcpFlags: _none, ...quoted } = tcp({ sourcePort })
      return frame({ ...tcp({}), protocol: 'icmp', icmp: { type: 3, code: 1 }, dst: '198.51.100.200', quoted }, {})
    }
    const arp = frame({ ...tcp({}), protocol: 'arp', arp: 'request', dst: '172.17.0.4' }, {})
    const proxied = frame(tcp({ ...INSIDE, src: '172.17.0.1', sourcePort: 40_000 }), { ipId: 8, tcpSequence: 55 })
    const frames = [first, error(4711), arp, proxied]
    expect(onlyConversation(observation([...frames, error(4710)]), first).frames).toEqual(frames)
  })

  it('tells echoes apart by their number, in both directions', () => {
    const echo = (type: number, id: number) => {
      const [src, dst] = type === 8 ? ['198.51.100.200', '172.17.0.4'] : ['172.17.0.4', '198.51.100.200']
      const head = { src, dst, ttl: 64, length: 84, dontFragment: true, sourceMac: null, destinationMac: null }
      const packet: Packet = { family: 4, protocol: 'icmp', icmp: { type, code: 0, id, sequence: 1 }, ...head }
      return frame(packet, { ipId: id })
    }
    const mine = echo(8, 4711)
    const frames = [echo(8, 1), echo(0, 1), mine, echo(0, 4711)]
    expect(onlyConversation(observation(frames), mine).frames).toEqual([mine, echo(0, 4711)])
  })
})
