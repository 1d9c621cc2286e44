import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NftTable } from '../../../../src/core/host/nft.ts'
import type { HookOutcome } from '../../../../src/core/netfilter/hook.ts'
import { ping, rulesOf, scene, stepsOf, table, tcp } from '../netfilter-scene.ts'
import {
  accept,
  type ChainText,
  drop,
  ip,
  ip6,
  is,
  jump,
  limit,
  meta,
  nftTable,
  type RuleText,
  tcpPort,
} from './nft-scene.ts'

const SYN = tcp('172.17.0.2 40000', '198.51.100.7 80')
const FORWARDED = { inDevice: 'docker0', outDevice: 'eth0' }
const forward = (nft: readonly NftTable[], packet = SYN, tried = false): HookOutcome =>
  scene({ nft }).visit('forward', packet, FORWARDED, tried)
const chain = (rules: readonly RuleText[], policy: 'accept' | 'drop' = 'accept'): ChainText => ({
  hook: 'forward',
  rules,
  policy,
})
const judge = (
  rules: readonly RuleText[],
  policy: 'accept' | 'drop' = 'accept',
  sets: readonly object[] = [],
): HookOutcome => forward([nftTable({ c: chain(rules, policy) }, { sets })])

const byProcessor: unknown = is(meta('cpu'), 1)

describe('what cannot be told', () => {
  it('is so only where everything else of the rule holds', () => {
    expect(judge([['meta cpu 1 tcp dport 81 drop', byProcessor, is(tcpPort, 81), drop]]).verdict).toBe('accept')
    expect(judge([['tcp dport 81 meta cpu 1 drop', is(tcpPort, 81), byProcessor, drop]]).verdict).toBe('accept')
    const outcome = judge([['meta cpu 1 tcp dport 80 drop', byProcessor, is(tcpPort, 80), drop]])
    expect(outcome.verdict).toBe('cannot-tell')
    expect(outcome.reason).toContain('nftables table inet t, chain c: meta cpu 1 tcp dport 80 drop: meta cpu')
  })

  it('is no obstacle where the packet fares the same', () => {
    expect(judge([['meta cpu 1 accept', byProcessor, accept]]).verdict).toBe('accept')
    expect(
      judge([
        ['meta cpu 1 drop', byProcessor, drop],
        ['drop', drop],
      ]).verdict,
    ).toBe('drop')
    const mark = { mangle: { key: meta('mark'), value: 5 } }
    expect(judge([['meta cpu 1 meta mark set 5 accept', byProcessor, mark, accept]]).verdict).toBe('cannot-tell')
  })

  it('a limit that decides, and one that does not is taken for not exceeded', () => {
    expect(judge([['limit rate 5/second accept', limit, accept]], 'drop').verdict).toBe('cannot-tell')
    const outcome = judge([['limit rate 5/second accept', limit, accept]])
    expect(rulesOf(outcome)).toEqual(['t/c accept'])
    expect(stepsOf(outcome, 'rule')[0]?.evidence).toMatchObject({ basis: 'assumed' })
    const over = { limit: { rate: 5, burst: 5, per: 'second', inv: true } }
    expect(judge([['limit rate over 5/second drop', over, drop]]).verdict).toBe('cannot-tell')
    expect(rulesOf(judge([['limit rate 5/second log', limit, { log: null }]]))).toEqual([
      't/c continue',
      't/c policy accept',
    ])
  })

  it('many questions at once end in time', () => {
    const rules = Array.from({ length: 200 }, (): RuleText => ['limit rate 5/second jump x', limit, jump('x')])
    const tables = [nftTable({ c: chain(rules), x: { rules: rules.map(() => ['limit rate 1/second', limit]) } })]
    expect(['accept', 'cannot-tell']).toContain(forward(tables).verdict)
  })

  it('sets that change by themselves, sets that are not there, queues, flow tables and statements that are not known', () => {
    const dynamic = { name: 's', type: 'ipv4_addr', flags: ['dynamic'], elem: ['172.17.0.2'] }
    const inSet: RuleText = ['ip saddr @s drop', is(ip('saddr'), '@s'), drop]
    expect(judge([inSet], 'accept', [dynamic]).verdict).toBe('cannot-tell')
    expect(judge([inSet]).verdict).toBe('cannot-tell')
    expect(judge([['queue num 1', { queue: { num: 1 } }]]).verdict).toBe('cannot-tell')
    const flow = judge([['flow add @f', { flow: { op: 'add', flowtable: '@f' } }]])
    expect(flow.reason).toContain('chain c: flow add @f')
    expect(judge([['jump gone', jump('gone')]]).reason).toContain('there is no chain gone')
  })
})

describe('the walk', () => {
  it('ends where chains lead in circles', () => {
    const goto = { goto: { target: 'x' } }
    expect(
      forward([nftTable({ c: chain([['jump x', jump('x')]]), x: { rules: [['jump x', jump('x')]] } })]).verdict,
    ).toBe('cannot-tell')
    expect(forward([nftTable({ c: chain([['goto x', goto]]), x: { rules: [['goto x', goto]] } })]).verdict).toBe(
      'cannot-tell',
    )
  })

  it('says which rules were tried, and why they failed', () => {
    const rules: readonly RuleText[] = [
      ['iifname "eth9" drop', is(meta('iifname'), 'eth9'), drop],
      ['ip saddr != 172.16.0.0/12 drop', is(ip('saddr'), { prefix: { addr: '172.16.0.0', len: 12 } }, '!='), drop],
      ['tcp dport 80 accept', is(tcpPort, 80), accept],
    ]
    const [step] = stepsOf(forward([nftTable({ c: chain(rules) })], SYN, true), 'rule')
    expect(step).toMatchObject({
      triedBefore: 2,
      family: 'inet',
      rule: 'tcp dport 80 accept',
      why: 'As the packet fits "tcp dport 80", this rule lets it through.',
    })
    expect(step?.tried?.map(({ failed }) => failed)).toEqual([
      'not so: the packet fits meta iifname eth9',
      'not so: the packet fits ip saddr != 172.16.0.0/12',
    ])
  })

  it('leaves dormant tables out', () => {
    const dormant = { ...nftTable({ c: chain([['drop', drop]]) }), dormant: true }
    expect(forward([dormant]).verdict).toBe('accept')
  })

  it('asks tables of the IP version of the packet, and those of both', () => {
    const tables = ['ip', 'ip6', 'inet'].map((family) =>
      nftTable({ c: chain([['counter', { counter: null }]]) }, { family, name: family }),
    )
    const chains = (outcome: HookOutcome) =>
      stepsOf(outcome, 'rule')
        .map((step) => step.table)
        .sort()
    expect(chains(forward(tables))).toEqual(['inet', 'ip'])
    expect(chains(forward(tables, ping('2001:db8::2', '2001:db8::3')))).toEqual(['inet', 'ip6'])
  })
})

describe('IPv6', () => {
  it('finds addresses in sets, prefixes and ranges', () => {
    const packet = ping('2001:db8::2', '2001:db8:1::3')
    const set = { set: ['::1', { prefix: { addr: '2001:db8::', len: 48 } }, { range: ['fe80::', 'fe80::ff'] }] }
    const visit = (rule: RuleText) => forward([nftTable({ c: chain([rule]) })], packet).verdict
    expect(visit(['', is(ip6('saddr'), set), drop])).toBe('drop')
    expect(visit(['', is(ip6('daddr'), set), drop])).toBe('accept')
    expect(visit(['', is(ip6('daddr'), set, '!='), drop])).toBe('drop')
    expect(visit(['', is(ip('saddr'), '10.0.0.1', '!='), drop])).toBe('accept')
    const masked = { '&': [ip6('saddr'), 'ffff:ffff::'] }
    expect(visit(['', is(masked, '2001:db8::'), drop])).toBe('drop')
    expect(visit(['', is({ exthdr: { name: 'rt', field: 'type' } }, 0), drop])).toBe('accept')
  })

  it('refuses in the words of each IP version', () => {
    const rule: RuleText = [
      'reject with icmpx admin-prohibited',
      { reject: { type: 'icmpx', expr: 'admin-prohibited' } },
    ]
    const tables = [nftTable({ c: chain([rule]) })]
    expect(forward(tables).reject?.with).toBe('icmp-admin-prohibited')
    expect(forward(tables, ping('2001:db8::2', '2001:db8::3')).reject?.with).toBe('icmp6-adm-prohibited')
  })
})

describe('the order of chains of one priority', () => {
  const dropping = (handle: number, rule: RuleText) => nftTable({ c: chain([rule]) }, { name: `h${handle}`, handle })
  const reject: RuleText = ['reject', { reject: null }]

  it('is that of their tables, the last made first, and is said where it decides', () => {
    const outcome = forward([dropping(1, ['drop', drop]), dropping(2, reject)])
    expect(outcome.verdict).toBe('reject')
    expect(stepsOf(outcome, 'rule')[0]?.evidence.note).toContain('equal priority')
    const same = forward([dropping(1, ['drop', drop]), dropping(2, ['drop', drop])])
    expect(stepsOf(same, 'rule')[0]?.evidence.note).toBeUndefined()
  })

  it('is not known beside iptables whose table has no handle', () => {
    const parts = { ip: table('filter', ['-A FORWARD -j DROP']), nft: [dropping(1, reject)] }
    expect(scene(parts).visit('forward', SYN, FORWARDED).verdict).toBe('cannot-tell')
    const early = { ...parts, nft: [nftTable({ c: { ...chain([reject]), prio: -1 } })] }
    expect(scene(early).visit('forward', SYN, FORWARDED).verdict).toBe('reject')
  })
})

describe('any rules', () => {
  const selector = fc.constantFrom(
    meta('skuid'),
    meta('mark'),
    ip('saddr'),
    tcpPort,
    { ct: { key: 'state' } },
    { ct: { key: 'status' } },
    { fib: { result: 'oif', flags: ['saddr', 'iif'] } },
  )
  const value = fc.oneof(fc.constantFrom(80, 'new', '@s', '@gone', '*', false, '172.17.0.2'), fc.jsonValue())
  const statement = fc.oneof(
    fc
      .tuple(selector, value, fc.constantFrom('==', '!=', 'in', '<', '!'))
      .map(([left, right, op]) => is(left, right, op)),
    fc.constantFrom(
      accept,
      drop,
      limit,
      jump('a'),
      jump('b'),
      { goto: { target: 'a' } },
      { return: null },
      { masquerade: null },
      { notrack: null },
    ),
    fc
      .tuple(selector, fc.array(fc.tuple(value, fc.constantFrom(accept, jump('b'), null))))
      .map(([key, set]) => ({ vmap: { key, data: { set } } })),
  )
  const rules = fc.array(
    fc.array(statement, { maxLength: 4 }).map((all): RuleText => ['', ...all]),
    { maxLength: 6 },
  )

  it('give an outcome, the same one each time', () => {
    fc.assert(
      fc.property(rules, rules, rules, fc.constantFrom('accept' as const, 'drop' as const), (base, a, b, policy) => {
        const tables = [nftTable({ c: chain(base, policy), a: { rules: a }, b: { rules: b } })]
        const outcome = forward(tables)
        expect(forward(tables)).toEqual(outcome)
        if (outcome.verdict === 'cannot-tell') expect(outcome.steps.at(-1)?.kind).toBe('unknown')
      }),
      { numRuns: 300 },
    )
  })
})
