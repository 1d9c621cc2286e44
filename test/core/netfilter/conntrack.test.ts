import { describe, expect, it } from 'vitest'
import type { ConntrackEntry } from '../../../src/core/host/conntrack-entry.ts'
import type { Packet } from '../../../src/core/net/packet.ts'
import {
  answerTo,
  endsOf,
  errorAbout,
  ping,
  rulesOf,
  type Scene,
  scene,
  stepsOf,
  table,
  tcp,
  trackingOf,
  udp,
} from './netfilter-scene.ts'

/** Any rule that asks for the state wakes connection tracking. */
const AWAKE = table('filter', ['-A INPUT -m conntrack --ctstate INVALID -j DROP'])

/** Passes a packet through prerouting and input, as one for this host. */
function arrive(host: Scene, packet: Packet) {
  const pre = host.visit('prerouting', packet, { inDevice: 'eth0' })
  return { pre, input: host.visit('input', pre.skb, { inDevice: 'eth0' }) }
}

function entry(over: Partial<ConntrackEntry>): ConntrackEntry {
  const ends = { src: '10.0.0.1', dst: '10.0.0.2', sourcePort: 40000, destinationPort: 80 }
  const back = { src: '10.0.0.2', dst: '10.0.0.1', sourcePort: 80, destinationPort: 40000 }
  return {
    family: 4,
    protocol: 'tcp',
    timeoutSeconds: 100,
    state: 'ESTABLISHED',
    original: ends,
    reply: back,
    flags: ['ASSURED'],
    mark: 0,
    zone: 0,
    ...over,
  }
}

const SYN = tcp('10.0.0.1 40000', '10.0.0.2 80')

/** Each row: what the packet is, the packet, and the states that it gets when it comes twice. */
const FIRST_PACKETS: readonly (readonly [string, Packet, readonly string[], Readonly<Record<string, string>>?])[] = [
  ['a SYN', SYN, ['new create', 'new lookup']],
  ['an echo request', ping('10.0.0.1', '10.0.0.2'), ['new create', 'new lookup']],
  ['a datagram, and a second one before any answer', udp('10.0.0.1 5', '10.0.0.2 6'), ['new create', 'new lookup']],
  ['a lone ACK, loosely', tcp('10.0.0.1 1', '10.0.0.2 2', ['ack']), ['new create', 'new lookup']],
  [
    'a lone ACK with nf_conntrack_tcp_loose=0',
    tcp('10.0.0.1 1', '10.0.0.2 2', ['ack']),
    ['invalid lookup', 'invalid lookup'],
    { 'netfilter/nf_conntrack_tcp_loose': '0' },
  ],
  ['a RST out of nowhere', tcp('10.0.0.1 1', '10.0.0.2 2', ['rst']), ['invalid lookup', 'invalid lookup']],
  ['a SYN-ACK out of nowhere', tcp('10.0.0.1 1', '10.0.0.2 2', ['syn', 'ack']), ['invalid lookup', 'invalid lookup']],
  ['an echo reply that nobody asked for', answerTo(ping('10.0.0.2', '10.0.0.1')), ['invalid lookup', 'invalid lookup']],
  ['an error about an unknown packet', errorAbout(SYN, '10.0.0.9'), ['invalid lookup', 'invalid lookup']],
]

describe('the state of a packet', () => {
  it.each(FIRST_PACKETS.map(([title, packet, states, sysctls = {}]) => ({ title, packet, states, sysctls })))(
    '$title',
    ({ packet, states, sysctls }) => {
      // A raw rule asks, so that nothing here is dropped as invalid.
      const host = scene({ ip: table('raw', ['-A PREROUTING -m conntrack --ctstate NEW']), sysctls })
      const seen = [arrive(host, packet), arrive(host, packet)].map(({ pre }) => trackingOf(pre)[0])
      expect(seen).toEqual(states)
    },
  )

  it('an answer is established, and so is what follows it', () => {
    const host = scene({ ip: AWAKE })
    arrive(host, SYN)
    expect(trackingOf(host.visit('output', answerTo(SYN), { outDevice: 'eth0' }))).toEqual(['established lookup'])
    expect(trackingOf(arrive(host, tcp('10.0.0.1 40000', '10.0.0.2 80', ['ack'])).pre)).toEqual(['established lookup'])
  })

  it('an error about a known packet is related, unless it is addressed to somebody else', () => {
    const host = scene({ ip: AWAKE })
    arrive(host, SYN)
    expect(trackingOf(arrive(host, errorAbout(answerTo(SYN), '10.0.0.9')).pre)).toEqual(['related lookup'])
    expect(trackingOf(arrive(host, errorAbout(answerTo(SYN), '10.0.0.9', '10.0.0.77')).pre)).toEqual(['invalid lookup'])
  })

  it('a packet that is dropped before the end leaves no entry', () => {
    const ip = table('filter', ['-A INPUT -m conntrack --ctstate NEW -p tcp -j DROP'])
    const host = scene({ ip })
    expect(arrive(host, SYN).input.verdict).toBe('drop')
    expect(trackingOf(arrive(host, SYN).pre)).toEqual(['new create'])
  })

  it('an entry is confirmed once, at the end of input or postrouting', () => {
    const host = scene({ ip: AWAKE })
    expect(trackingOf(arrive(host, SYN).input)).toEqual(['new confirm'])
    expect(trackingOf(arrive(host, SYN).input)).toEqual([])
  })

  it('connection tracking sleeps where no rule needs it', () => {
    const host = scene({ ip: table('filter', ['-A INPUT -p tcp -j ACCEPT']) })
    const { pre, input } = arrive(host, SYN)
    expect([...pre.steps, ...input.steps].map((step) => step.kind)).toEqual(['rule'])
  })

  it('IPv6 tracking is awake on its own, and neighbour discovery is never tracked', () => {
    const host = scene({
      ip6: table('filter', ['-A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT'], { INPUT: 'DROP' }),
    })
    expect(arrive(host, SYN).pre.steps).toEqual([])
    const ask: Packet = { ...ping('fe80::1', 'ff02::1:ff00:2'), icmp: { type: 135, code: 0 } }
    const { pre, input } = arrive(host, ask)
    expect([trackingOf(pre), input.verdict]).toEqual([['untracked lookup'], 'accept'])
    expect(arrive(host, ping('2001:db8::1', '2001:db8::2')).input.verdict).toBe('drop')
  })

  it('NOTRACK makes a packet untracked, for which no nat chain is asked', () => {
    const ip =
      table('raw', ['-A PREROUTING -p tcp -j CT --notrack']) +
      table('nat', ['-A PREROUTING -p tcp -j DNAT --to-destination 10.9.9.9'])
    const outcome = scene({ ip }).visit('prerouting', SYN, { inDevice: 'eth0' })
    expect(rulesOf(outcome)).toEqual(['raw/PREROUTING notrack', 'raw/PREROUTING policy accept'])
    expect(endsOf(outcome.skb.packet)).toBe(endsOf(SYN))
  })
})

describe('entries of the snapshot', () => {
  it('make a packet of theirs established', () => {
    const host = scene({ ip: AWAKE, conntrack: [entry({})] })
    expect(trackingOf(arrive(host, SYN).pre)).toEqual(['established lookup'])
  })

  it('that were never answered leave it new', () => {
    const host = scene({ ip: AWAKE, conntrack: [entry({ flags: ['UNREPLIED'], state: 'SYN_SENT' })] })
    expect(trackingOf(arrive(host, SYN).pre)).toEqual(['new lookup'])
  })

  it('that are closed give way to a new SYN', () => {
    const host = scene({ ip: AWAKE, conntrack: [entry({ state: 'TIME_WAIT' })] })
    expect(trackingOf(arrive(host, SYN).pre)).toEqual(['new create'])
    expect(trackingOf(arrive(host, SYN).pre)).toEqual(['new lookup'])
  })

  it('that were translated translate on, without their rule', () => {
    const reply = { src: '172.17.0.2', dst: '10.0.0.1', sourcePort: 8080, destinationPort: 40000 }
    const host = scene({ ip: AWAKE, conntrack: [entry({ reply })] })
    const { pre } = arrive(host, SYN)
    expect(endsOf(pre.skb.packet)).toBe('10.0.0.1 40000 > 172.17.0.2 8080')
    expect(stepsOf(pre, 'conntrack').at(-1)?.entry).toBe(
      'tcp src=10.0.0.1 dst=10.0.0.2 sport=40000 dport=80 src=172.17.0.2 dst=10.0.0.1 sport=8080 dport=40000',
    )
  })

  it('of another zone are not found, and the snapshot is never changed', () => {
    const entries = [entry({ zone: 3 }), entry({ protocol: 'udp', state: null, flags: ['UNREPLIED'] })]
    const before = JSON.stringify(entries)
    const host = scene({ ip: AWAKE, conntrack: entries })
    expect(trackingOf(arrive(host, SYN).pre)).toEqual(['new create'])
    host.visit('output', answerTo(udp('10.0.0.1 40000', '10.0.0.2 80')), { outDevice: 'eth0' })
    expect(trackingOf(arrive(host, udp('10.0.0.1 40000', '10.0.0.2 80')).pre)).toEqual(['established lookup'])
    expect(JSON.stringify(entries)).toBe(before)
  })
})
