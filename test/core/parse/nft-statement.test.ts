import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nftTableShape } from '../../../src/core/host/nft-shapes.ts'
import { parseNftRuleset } from '../../../src/core/parse/nft-ruleset.ts'
import { parseNftStatement } from '../../../src/core/parse/nft-statement.ts'

const dport = { payload: { protocol: 'tcp', field: 'dport' } }

describe('parseNftStatement', () => {
  it('reads a match with prefixes, ranges, sets and bits', () => {
    const match = (right: unknown) => parseNftStatement({ match: { op: '==', left: dport, right } })
    const left = { kind: 'payload', protocol: 'tcp', field: 'dport' }
    expect(match({ range: [80, 90] })).toEqual({
      kind: 'match',
      operator: '==',
      left,
      right: { kind: 'range', from: { kind: 'number', value: 80 }, to: { kind: 'number', value: 90 } },
    })
    expect(match({ prefix: { addr: '10.0.0.0', len: 8 } })).toMatchObject({
      right: { kind: 'prefix', address: '10.0.0.0', length: 8 },
    })
    expect(match('@ports')).toMatchObject({ right: { kind: 'set-name', name: 'ports' } })
    expect(match(['syn', 'ack'])).toMatchObject({ right: { kind: 'list', items: [{ text: 'syn' }, { text: 'ack' }] } })
    expect(match(false)).toMatchObject({ right: { kind: 'flag', value: false } })
    expect(match({ set: [{ elem: { val: 22, comment: 'ssh' } }] })).toMatchObject({
      right: { elements: [{ key: { kind: 'number', value: 22 }, data: null }] },
    })
  })

  it('reads verdicts and verdict maps', () => {
    expect(parseNftStatement({ accept: null })).toEqual({ kind: 'verdict', verdict: { kind: 'accept' } })
    expect(parseNftStatement({ jump: { target: 'x' } })).toEqual({
      kind: 'verdict',
      verdict: { kind: 'jump', chain: 'x' },
    })
    const data = { set: [[{ concat: ['lo', 22] }, { goto: { target: 'y' } }]] }
    expect(parseNftStatement({ vmap: { key: { concat: [{ meta: { key: 'iifname' } }, dport] }, data } })).toMatchObject(
      {
        kind: 'verdict-map',
        set: { elements: [{ key: { kind: 'concat' }, data: { kind: 'goto', chain: 'y' } }] },
      },
    )
  })

  it('reads flags as one word (nft 1.0) and as a list (nft 1.1)', () => {
    expect(parseNftStatement({ masquerade: { flags: 'random' } })).toMatchObject({ flags: ['random'] })
    expect(parseNftStatement({ masquerade: { flags: ['random'] } })).toMatchObject({ flags: ['random'] })
    expect(parseNftStatement({ masquerade: null })).toEqual({ kind: 'masquerade', port: null, flags: [] })
  })

  it('keeps what it does not know, in words', () => {
    const unknown = { tproxy: { family: 'ip', port: 8080 } }
    expect(parseNftStatement(unknown)).toEqual({ kind: 'unsupported', text: JSON.stringify(unknown) })
    expect(parseNftStatement({ dnat: {} })).toMatchObject({ kind: 'unsupported' })
    expect(parseNftStatement({ reject: { type: 'icmp', expr: 77 } })).toMatchObject({ kind: 'unsupported' })
    expect(parseNftStatement({ match: { op: '~', left: dport, right: 1 } })).toMatchObject({ kind: 'unsupported' })
    expect(parseNftStatement({ accept: null, drop: null })).toMatchObject({ kind: 'unsupported' })
    expect(parseNftStatement(null)).toMatchObject({ kind: 'unsupported' })
  })

  it('tells a set that is only added to from one that limits', () => {
    const elem = { payload: { protocol: 'ip', field: 'saddr' } }
    expect(parseNftStatement({ set: { op: 'add', elem, set: '@s' } })).toMatchObject({ kind: 'no-effect' })
    const stmt = [{ limit: { rate: 5, burst: 5, per: 'second' } }]
    expect(parseNftStatement({ set: { op: 'update', elem, set: '@s', stmt } })).toMatchObject({ kind: 'limit' })
    expect(parseNftStatement({ limit: { rate: 1, inv: true } })).toEqual({ kind: 'limit', what: 'limit', over: true })
  })
})

/** The words of `nft -j`, nested in any way, with anything in between. */
const anyNft: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.jsonValue(),
    fc.constantFrom('established', '@s', '*', 'lo', 'br-*', '10.0.0.1', '::1', 'syn', 22, true, null),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'match',
          'vmap',
          'set',
          'map',
          'concat',
          'prefix',
          'range',
          'payload',
          'meta',
          'ct',
          'fib',
          'elem',
          'dnat',
          'snat',
          'limit',
        ],
        ...[
          'mangle',
          'reject',
          'jump',
          'goto',
          'key',
          'data',
          'left',
          'right',
          'op',
          'val',
          'protocol',
          'field',
          'addr',
          'len',
          '&',
          '|',
        ],
      ),
      tie('node'),
      { maxKeys: 3 },
    ),
    fc.array(tie('node'), { maxLength: 3 }),
  ),
})).node

describe('any JSON', () => {
  it('gives statements and sets that a saved host may hold', () => {
    fc.assert(
      fc.property(fc.array(anyNft, { maxLength: 4 }), fc.array(anyNft, { maxLength: 3 }), (expr, elem) => {
        const place = { family: 'inet', table: 't' }
        const nftables = [
          { table: { family: 'inet', name: 't', handle: 1 } },
          { chain: { ...place, name: 'c', handle: 1, type: 'filter', hook: 'forward', prio: 0, policy: 'drop' } },
          { rule: { ...place, chain: 'c', handle: 2, expr } },
          { set: { ...place, name: 's', type: 'ipv4_addr', elem } },
        ]
        const parsed = parseNftRuleset(JSON.stringify({ nftables }), '')
        const problems: string[] = []
        nftTableShape(parsed.value?.[0], 'table', (path, message) => problems.push(`${path}: ${message}`))
        expect(problems).toEqual([])
        expect(parsed.value?.[0]?.chains[0]?.rules[0]?.statements).toHaveLength(expr.length)
      }),
      { numRuns: 500 },
    )
  })

  it('however deep it nests', () => {
    let deep: unknown = 1
    for (let i = 0; i < 5000; i++) deep = { concat: [deep] }
    expect(parseNftStatement({ match: { op: '==', left: deep, right: deep } })).toMatchObject({ kind: 'match' })
  })
})
