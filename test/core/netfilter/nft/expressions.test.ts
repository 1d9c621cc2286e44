import { describe, expect, it } from 'vitest'
import type { Packet } from '../../../../src/core/net/packet.ts'
import { answerTo, endsOf, ping, scene, tcp, trackingOf, udp } from '../netfilter-scene.ts'
import { drop, is, meta, nftTable } from './nft-scene.ts'

const SYN = { ...tcp('172.17.0.2 40000', '198.51.100.7 80'), length: 60 }
const BARE = { ...SYN, length: 40 }
const ECHO = ping('172.17.0.2', '198.51.100.7')

const raw = (base: string, offset: number, len: number): unknown => ({ payload: { base, offset, len } })
const option = (name: string, field?: string): unknown => ({
  'tcp option': { name, ...(field === undefined ? {} : { field }) },
})
const th = { payload: { protocol: 'th', field: 'sport' } }

type Row = readonly [string, 'input' | 'forward' | 'output', unknown, Packet, boolean | 'unknown']

/** Each row: words, a hook, the condition as nft prints it, a packet, whether it holds. */
const ROWS: readonly Row[] = [
  ['@nh,96,32', 'forward', is(raw('nh', 96, 32), 0xac110002), SYN, true],
  ['@nh,100,20 (bits across bytes)', 'forward', is(raw('nh', 100, 20), 0xc1100), SYN, true],
  ['@th,16,16', 'forward', is(raw('th', 16, 16), 80), SYN, true],
  ['@th,16,16 of a checksum', 'forward', is(raw('th', 16, 16), 80), ECHO, 'unknown'],
  ['@th,32,32 of a sequence number', 'forward', is(raw('th', 32, 32), 1), SYN, 'unknown'],
  ['@th,4000,8 behind the end', 'forward', is(raw('th', 4000, 8), 1, '!='), SYN, false],
  ['@ih,0,32', 'forward', is(raw('ih', 0, 32), 1), SYN, 'unknown'],
  ['@nh,96,64', 'forward', is(raw('nh', 96, 64), 1), SYN, 'unknown'],
  ['th sport of ICMP: its type and code', 'forward', is(th, 0x800), ECHO, true],
  ['tcp option maxseg exists, a bare header', 'forward', is(option('maxseg'), true), BARE, false],
  ['tcp option maxseg missing, a bare header', 'forward', is(option('maxseg'), false), BARE, true],
  ['tcp option maxseg exists, a longer one', 'forward', is(option('maxseg'), true), SYN, 'unknown'],
  ['tcp option maxseg size 1-1460', 'forward', is(option('maxseg', 'size'), { range: [1, 1460] }), BARE, false],
  ['tcp option maxseg missing, no TCP', 'forward', is(option('maxseg'), false), ECHO, true],
  ['meta skuid != 0, forwarded', 'forward', is(meta('skuid'), 0, '!='), SYN, false],
  ['meta skuid 0, made here', 'output', is(meta('skuid'), 0), SYN, 'unknown'],
  ['meta skgid != 0, the kernel', 'output', is(meta('skgid'), 0, '!='), answerTo(ECHO), false],
  ['meta cgroup 0, a SYN-ACK', 'output', is(meta('cgroup'), 0), answerTo(SYN), false],
  ['meta cgroup 0, made here', 'output', is(meta('cgroup'), 0), SYN, 'unknown'],
  ['meta skuid 0, arriving first', 'input', is(meta('skuid'), 0), SYN, false],
  ['meta skuid 0, an answer', 'input', is(meta('skuid'), 0), answerTo(SYN), 'unknown'],
  ['meta ipsec exists', 'forward', is(meta('ipsec'), true), SYN, false],
  ['meta ipsec missing', 'forward', is(meta('ipsec'), false), SYN, true],
]

describe('expressions', () => {
  it.each(ROWS.map(([words, hook, condition, packet, expected]) => ({ words, hook, condition, packet, expected })))(
    '$hook $words: $expected',
    ({ hook, condition, packet, expected }) => {
      const nft = [nftTable({ c: { hook, rules: [['x', condition, drop]] } })]
      const { verdict } = scene({ nft }).visit(hook, packet, { inDevice: hook === 'output' ? null : 'eth0' })
      expect(verdict).toBe(expected === 'unknown' ? 'cannot-tell' : expected ? 'drop' : 'accept')
    },
  )
})

describe('connections', () => {
  const zone = (value: number): unknown => ({ mangle: { key: { ct: { key: 'zone' } }, value } })

  it('ct zone set keeps those of the same ends apart, and ct zone tells which', () => {
    const nft = [
      nftTable({
        early: { hook: 'prerouting', prio: -300, rules: [['x', is(meta('iifname'), 'eth1'), zone(7)]] },
        late: { hook: 'prerouting', prio: 0, rules: [['x', is({ ct: { key: 'zone' } }, 7), drop]] },
      }),
    ]
    const host = scene({ nft })
    const first = host.visit('prerouting', SYN, { inDevice: 'eth0' })
    expect([first.verdict, ...trackingOf(first)]).toEqual(['accept', 'new create'])
    host.visit('postrouting', first.skb, { outDevice: 'br0' })
    expect(trackingOf(host.visit('prerouting', answerTo(SYN), { inDevice: 'eth0' }))).toEqual(['established lookup'])
    expect(host.visit('prerouting', SYN, { inDevice: 'eth1' }).verdict).toBe('drop')
    expect(endsOf(first.skb.packet)).toBe(endsOf(SYN))
  })

  it('ct count: no more connections can have passed than there are', () => {
    const count = (val: number, inv: boolean): unknown => ({ 'ct count': inv ? { val, inv } : { val } })
    const verdict = (val: number, inv: boolean, known: number): string => {
      const nft = [nftTable({ c: { hook: 'prerouting', prio: 0, rules: [['x', count(val, inv), drop]] } })]
      const host = scene({ nft })
      for (let port = 1; port <= known; port++) {
        const { skb } = host.visit('prerouting', udp(`10.0.0.1 ${port}`, '10.0.0.2 53'), { inDevice: 'eth0' })
        host.visit('postrouting', skb)
      }
      return host.visit('prerouting', SYN, { inDevice: 'eth0' }).verdict
    }
    expect(verdict(2, true, 0)).toBe('accept')
    expect(verdict(2, false, 1)).toBe('drop')
    expect(verdict(0, true, 0)).toBe('drop')
    expect(verdict(2, true, 2)).toBe('cannot-tell')
  })
})
