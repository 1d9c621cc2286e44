import { describe, expect, it } from 'vitest'
import { countRises } from '../../../../src/core/parse/live/counter-rises.ts'
import { parseDropReasons } from '../../../../src/core/parse/live/drop-reasons.ts'
import { findRuleTexts, withoutCounters } from '../../../../src/core/parse/live/rule-texts.ts'

describe('parseDropReasons', () => {
  const start = '         python3-15369   [000] ..s1. 1795235876.'

  it('tells the device and the length that the packet was last seen with', () => {
    const { value, problems } = parseDropReasons(
      [
        '# tracer: nop',
        `${start}992031: net_dev_start_xmit: dev=vethc2943dc queue_mapping=0 skbaddr=00000000cc822dbe protocol=0x0800 ip_summed=0 len=54 data_len=0 network_offset=14 transport_offset=34`,
        `${start}992032: netif_receive_skb: dev=eth0 skbaddr=00000000cc822dbe len=40`,
        `${start}992044: kfree_skb: skbaddr=00000000cc822dbe rx_sk=0000000000000000 protocol=2048 location=tcp_v4_rcv+0x91/0x13f0 reason: NO_SOCKET`,
        `${start}992050: kfree_skb: skbaddr=00000000cc822dbe rx_sk=0000000000000000 protocol=2048 location=ip_rcv+0x1/0x2 [ip_vs] reason: IP_RPFILTER`,
        '',
      ].join('\n'),
    )
    expect(problems).toEqual([])
    const common = { etherType: 2048 }
    expect(value).toEqual([
      { ...common, reason: 'NO_SOCKET', location: 'tcp_v4_rcv', device: 'eth0', length: 40, at: 1795235876992044 },
      { ...common, reason: 'IP_RPFILTER', location: 'ip_rcv', device: null, length: null, at: 1795235876992050 },
    ])
  })

  it('takes the link header off what was on its way out', () => {
    const { value } = parseDropReasons(
      `${start}1: net_dev_start_xmit: dev=eth0 skbaddr=aa len=98 network_offset=14\n${start}2: kfree_skb: skbaddr=aa protocol=2048 location=x+0x1/0x2 reason: DEV_READY`,
    )
    expect(value[0]).toMatchObject({ device: 'eth0', length: 84 })
  })

  it('leaves out what is no drop, and says what it cannot read', () => {
    const { value, problems } = parseDropReasons(
      `${start}1: kfree_skb: skbaddr=aa protocol=0 location=x+0x1/0x2 reason: NOT_SPECIFIED\nnonsense\nCPU:1 [LOST 12 EVENTS]\n${start}3: kfree_skb: nonsense`,
    )
    expect(value).toEqual([])
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 4])
  })
})

describe('countRises', () => {
  const save = (a: number, b: number, c: number): string =>
    `*filter\n:FORWARD DROP [9:9]\n[${a}:1] -A FORWARD -j ONE\n[${b}:1] -A FORWARD -j TWO\n[${c}:1] -A FORWARD -j ONE\nCOMMIT\n`

  it('adds up rules that read the same', () => {
    expect(countRises(save(1, 5, 2), save(2, 5, 4))).toEqual({
      value: [{ table: 'filter', chain: 'FORWARD', rule: '-A FORWARD -j ONE', times: 3 }],
      problems: [],
    })
  })

  it.each([
    ['changed', save(1, 5, 2).replace('TWO', 'THREE'), 4],
    ['added', `${save(1, 5, 2)}*nat\n[1:1] -A OUTPUT -j ONE\nCOMMIT\n`, 8],
    ['removed', save(1, 5, 2).replace('[2:1] -A FORWARD -j ONE\n', ''), undefined],
  ])('counts nothing where a rule was %s meanwhile', (_, after, line) => {
    const { value, problems } = countRises(save(1, 5, 2), after)
    expect(value).toEqual([])
    expect(problems).toHaveLength(1)
    expect(problems[0]?.line).toBe(line)
  })
})

describe('findRuleTexts', () => {
  const rule = (table: string, chain: string, handle: number) => ({
    rule: { family: 'ip', table, chain, handle, expr: [] },
  })
  const json = JSON.stringify({
    nftables: [
      rule('filter', 'FORWARD', 13),
      rule('filter', 'FORWARD', 8),
      rule('filter', 'INPUT', 3),
      rule('mine', 'in', 2),
    ],
  })
  const text = 'table ip mine {\n\tchain in {\n\t\tip saddr 10.0.0.1 counter drop # handle 2\n\t}\n}\n'
  const before = '*filter\n[1:2] -A FORWARD -j DOCKER-USER\n[1:2] -A FORWARD -j DOCKER-FORWARD\nCOMMIT\n'
  const { value: find } = findRuleTexts({
    nftListing: { json, text },
    saves: [{ family: 'ip', backend: 'nft', before, after: before }],
  })

  it('finds rules of iptables by their place, native ones by their handle', () => {
    expect(find('ip', 'filter', 'FORWARD', 13)).toBe('-A FORWARD -j DOCKER-USER')
    expect(find('ip', 'filter', 'FORWARD', 8)).toBe('-A FORWARD -j DOCKER-FORWARD')
    expect(find('ip', 'mine', 'in', 2)).toBe('ip saddr 10.0.0.1 counter drop')
  })

  it('does not guess where the chain has another number of rules, or the handle is not there', () => {
    expect(find('ip', 'filter', 'INPUT', 3)).toBeNull()
    expect(find('ip', 'filter', 'FORWARD', 99)).toBeNull()
  })

  it('says that a listing is no JSON', () => {
    expect(findRuleTexts({ nftListing: { json: 'nft: no', text: '' }, saves: [] }).problems).toHaveLength(1)
  })
})

it('leaves out what counters stood at', () => {
  expect(withoutCounters('ip saddr 1.2.3.4 counter packets 18 bytes 1160 drop')).toBe('ip saddr 1.2.3.4 counter drop')
})
