import { describe, expect, it } from 'vitest'
import type { HookCall, HookOutcome } from '../../../src/core/netfilter/hook.ts'
import type { Packet } from '../../../src/core/net/packet.ts'
import {
  answerTo,
  endsOf,
  errorAbout,
  ping,
  type Scene,
  scene,
  stepsOf,
  table,
  tcp,
  trackingOf,
  udp,
} from './netfilter-scene.ts'

const ADDRESSES = { eth0: '198.51.100.1', br0: '172.17.0.1' }

function withNat(...rules: readonly string[]): Scene {
  return scene({ ip: table('nat', rules), addresses: ADDRESSES })
}

/** Sends a packet through the host, from br0 to eth0 unless said otherwise. */
function send(host: Scene, packet: Packet, over: Partial<HookCall> = {}): HookOutcome {
  const devices = { inDevice: 'br0', outDevice: 'eth0', nextHop: '198.51.100.254', ...over }
  const pre = host.visit('prerouting', packet, { inDevice: devices.inDevice })
  return host.visit('postrouting', pre.skb, devices)
}

describe('destinations', () => {
  const SYN = tcp('203.0.113.7 5000', '198.51.100.1 80')

  /** Each row: the rule, and where the packet goes. */
  const ROWS: readonly (readonly [string, string])[] = [
    ['-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.2', '203.0.113.7 5000 > 172.17.0.2 80'],
    ['-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.2:8080', '203.0.113.7 5000 > 172.17.0.2 8080'],
    ['-A PREROUTING -p tcp -j DNAT --to-destination :8080', '203.0.113.7 5000 > 198.51.100.1 8080'],
    ['-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.2:70-90', '203.0.113.7 5000 > 172.17.0.2 80'],
    ['-A PREROUTING -p tcp -j REDIRECT --to-ports 3128', '203.0.113.7 5000 > 198.51.100.1 3128'],
    ['-A PREROUTING -p tcp -j REDIRECT', '203.0.113.7 5000 > 198.51.100.1 80'],
    ['-A PREROUTING -d 198.51.100.0/24 -j NETMAP --to 10.9.8.0/24', '203.0.113.7 5000 > 10.9.8.1 80'],
    ['-A PREROUTING -p udp -j DNAT --to-destination 172.17.0.2', '203.0.113.7 5000 > 198.51.100.1 80'],
  ]

  it.each(ROWS)('%s', (rule, ends) => {
    const host = withNat(rule)
    const pre = host.visit('prerouting', SYN, { inDevice: 'eth0' })
    expect(endsOf(pre.skb.packet)).toBe(ends)
    const post = host.visit('postrouting', pre.skb, { inDevice: 'eth0', outDevice: 'br0' })
    const back = host.visit(
      'postrouting',
      host.visit('prerouting', answerTo(post.skb.packet), { inDevice: 'br0' }).skb,
      { outDevice: 'eth0' },
    )
    expect(endsOf(back.skb.packet)).toBe('198.51.100.1 80 > 203.0.113.7 5000')
  })

  it('REDIRECT of a packet made here goes to loopback', () => {
    const out = withNat('-A OUTPUT -p tcp -j REDIRECT --to-ports 3128').visit(
      'output',
      tcp('198.51.100.1 5000', '203.0.113.7 80'),
      { outDevice: 'eth0' },
    )
    expect(endsOf(out.skb.packet)).toBe('198.51.100.1 5000 > 127.0.0.1 3128')
  })

  it('to a range of addresses goes where the hash of both ends says, or of the source alone', () => {
    const to = (target: string, packet: Packet): string => {
      const rule = `-A PREROUTING -p tcp -j DNAT --to-destination ${target}`
      return endsOf(withNat(rule).visit('prerouting', packet, { inDevice: 'eth0' }).skb.packet)
    }
    const others = ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4'].map((src) =>
      tcp(`${src} 1`, '198.51.100.1 2'),
    )
    const chosen = new Set(others.map((packet) => to('172.17.0.2-172.17.0.9', packet).split(' ')[3]))
    expect(chosen.size).toBeGreaterThan(1)
    for (const address of chosen) expect(address).toMatch(/^172\.17\.0\.[2-9]$/)
    const away = (dst: string): string => to('172.17.0.2-172.17.0.9 --persistent', tcp('203.0.113.1 1', `${dst} 2`))
    expect(away('198.51.100.1')).toBe(away('198.51.100.2'))
  })

  it.each([
    ['6.18.44-x', '172.17.0.2:8000-8999', '203.0.113.7 5000 > 172.17.0.2 8000'],
    ['6.1.0-18-amd64', '172.17.0.2:8000-8999', null],
    ['6.18.44-x', '172.17.0.2:8000-8999 --random', null],
    ['6.1.0-18-amd64', '172.17.0.2:8000-8010/80', '203.0.113.7 5000 > 172.17.0.2 8000'],
    ['6.1.0-18-amd64', '172.17.0.2:8000-8010/75', '203.0.113.7 5000 > 172.17.0.2 8005'],
    ['6.1.0-18-amd64', ':8000-8010/65', '203.0.113.7 5000 > 198.51.100.1 8004'],
  ])('Linux %s, to %s', (kernel, target, ends) => {
    const ip = table('nat', [`-A PREROUTING -p tcp -j DNAT --to-destination ${target}`])
    const packet = tcp('203.0.113.7 5000', '198.51.100.1 80')
    const outcome = scene({ ip, kernel }).visit('prerouting', packet, { inDevice: 'eth0' })
    expect(ends === null ? outcome.verdict : endsOf(outcome.skb.packet)).toBe(ends ?? 'cannot-tell')
  })
})

describe('sources', () => {
  const SYN = tcp('172.17.0.2 5000', '203.0.113.7 80')

  const ROWS: readonly (readonly [string, string])[] = [
    ['-A POSTROUTING -s 172.17.0.0/16 ! -o br0 -j MASQUERADE', '198.51.100.1 5000 > 203.0.113.7 80'],
    ['-A POSTROUTING -j SNAT --to-source 198.51.100.9', '198.51.100.9 5000 > 203.0.113.7 80'],
    ['-A POSTROUTING -p tcp -j SNAT --to-source :53', '172.17.0.2 53 > 203.0.113.7 80'],
    ['-A POSTROUTING -p tcp -j MASQUERADE --to-ports 4000-6000', '198.51.100.1 5000 > 203.0.113.7 80'],
    ['-A POSTROUTING -s 172.17.0.0/16 -o br0 -j MASQUERADE', '172.17.0.2 5000 > 203.0.113.7 80'],
  ]

  it.each(ROWS)('%s', (rule, ends) => {
    const host = withNat(rule)
    const post = send(host, SYN)
    expect(endsOf(post.skb.packet)).toBe(ends)
    const back = host.visit('prerouting', answerTo(post.skb.packet), { inDevice: 'eth0' })
    expect(endsOf(back.skb.packet)).toBe('203.0.113.7 80 > 172.17.0.2 5000')
  })

  it('a device without an address eats what it should masquerade', () => {
    const outcome = send(withNat('-A POSTROUTING -j MASQUERADE'), SYN, { outDevice: 'eth9' })
    expect([outcome.verdict, stepsOf(outcome, 'rule')[0]?.verdict]).toEqual(['drop', 'masquerade'])
  })

  it('a port that another connection has towards the same end is changed, and the step says that it is a guess', () => {
    const host = withNat('-A POSTROUTING -j MASQUERADE')
    expect(endsOf(send(host, SYN).skb.packet)).toBe('198.51.100.1 5000 > 203.0.113.7 80')
    const second = send(host, tcp('172.17.0.3 5000', '203.0.113.7 80'))
    expect(endsOf(second.skb.packet)).toBe('198.51.100.1 1024 > 203.0.113.7 80')
    expect(stepsOf(second, 'rule')[0]?.evidence).toMatchObject({
      basis: 'assumed',
      note: expect.stringContaining('1024-65535'),
    })
    const elsewhere = send(host, tcp('172.17.0.3 5000', '203.0.113.8 80'))
    expect(endsOf(elsewhere.skb.packet)).toBe('198.51.100.1 1024 > 203.0.113.8 80')
  })

  it('an echo id that is taken is changed both ways', () => {
    const host = withNat('-A POSTROUTING -j MASQUERADE')
    send(host, ping('172.17.0.2', '203.0.113.7', 555))
    const second = send(host, ping('172.17.0.3', '203.0.113.7', 555))
    expect(second.skb.packet.icmp?.id).toBe(0)
    const back = host.visit('prerouting', answerTo(second.skb.packet), { inDevice: 'eth0' })
    expect([back.skb.packet.dst, back.skb.packet.icmp?.id]).toEqual(['172.17.0.3', 555])
  })

  it('a port is also changed where no rule translates, when its answers would be taken for others', () => {
    const host = withNat('-A PREROUTING -d 198.51.100.1/32 -p udp -j DNAT --to-destination 172.17.0.2')
    send(host, udp('203.0.113.7 5000', '198.51.100.1 53'), { inDevice: 'eth0', outDevice: 'br0' })
    const clash = send(host, udp('203.0.113.7 5000', '172.17.0.2 53'), { inDevice: 'eth0', outDevice: 'br0' })
    expect(endsOf(clash.skb.packet)).toBe('203.0.113.7 1024 > 172.17.0.2 53')
    expect(trackingOf(clash)).toEqual(['new translate', 'new confirm'])
  })

  it('an error that a host makes about a masqueraded packet is turned back in output', () => {
    const host = withNat('-A POSTROUTING -j MASQUERADE')
    const post = send(host, SYN)
    const error = errorAbout(post.skb.packet, '198.51.100.1', '198.51.100.1', 3)
    const view = post.skb.conntrack
    const attached = view === null ? null : ({ ...view, state: 'related', direction: 'reply' } as const)
    const out = host.visit('output', { packet: error, mark: 0, conntrack: attached }, { outDevice: 'lo' })
    expect([out.skb.packet.dst, out.skb.packet.quoted?.src]).toEqual(['172.17.0.2', '172.17.0.2'])
  })

  it('an invalid packet leaves as it came', () => {
    const stray = tcp('172.17.0.2 5000', '203.0.113.7 80', ['rst'])
    expect(send(withNat('-A POSTROUTING -j MASQUERADE'), stray).skb.packet).toEqual(stray)
  })

  it('ip6tables translates IPv6', () => {
    const host = scene({
      ip6: table('nat', ['-A POSTROUTING -s fd00::/64 ! -o br0 -j MASQUERADE']),
      addresses: { eth0: '2001:db8::1' },
    })
    const post = send(host, ping('fd00::2', '2001:db8:9::9'), { nextHop: 'fe80::1' })
    expect([endsOf(post.skb.packet), stepsOf(post, 'rule')[0]?.diff[0]?.field]).toEqual([
      '2001:db8::1 > 2001:db8:9::9',
      'ipv6.src',
    ])
  })
})

it('over loopback a connection is created once and its nat chains are asked once', () => {
  const counting = ['-A OUTPUT -p tcp', '-A PREROUTING -p tcp', '-A POSTROUTING -p tcp', '-A INPUT -p tcp']
  const host = withNat(...counting, '-A POSTROUTING -p udp -j MASQUERADE')
  const out = host.visit('output', tcp('127.0.0.1 5000', '127.0.0.1 80'), { outDevice: 'lo' })
  const post = host.visit('postrouting', out.skb, { outDevice: 'lo' })
  const pre = host.visit('prerouting', post.skb, { inDevice: 'lo' })
  const input = host.visit('input', pre.skb, { inDevice: 'lo' })
  expect([out, post, pre, input].map((outcome) => stepsOf(outcome, 'rule').map((step) => step.chain))).toEqual([
    ['OUTPUT'],
    ['POSTROUTING'],
    [],
    [],
  ])
  expect([out, post, pre, input].flatMap(trackingOf)).toEqual(['new create', 'new confirm'])
})
