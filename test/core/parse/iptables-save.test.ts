import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { IptablesRule } from '../../../src/core/host/ruleset.ts'
import { parseIptablesSave } from '../../../src/core/parse/iptables-save.ts'

const FIXTURES = new URL('../../fixtures/rules/', import.meta.url)

function fixture(name: string): string {
  return readFileSync(new URL(name, FIXTURES), 'utf8')
}

function parse(text: string, family: 'ip' | 'ip6' = 'ip') {
  return parseIptablesSave(text, { family, backend: 'nft' })
}

function rulesOf(text: string, family: 'ip' | 'ip6' = 'ip'): readonly IptablesRule[] {
  return parse(text, family).tables.flatMap((table) => table.chains.flatMap((chain) => chain.rules))
}

/** What a rule has that is not evaluated, by module. */
function unsupportedOf(rule: IptablesRule): readonly string[] {
  const matches = rule.matches.flatMap((match) => (match.kind === 'unsupported' ? [match.module] : []))
  return rule.target?.kind === 'unsupported' ? [...matches, rule.target.module] : matches
}

describe('rules that Docker wrote', () => {
  const docker = readdirSync(FIXTURES).filter((name) => /^(docker|lab|container)/.test(name))

  it.each(docker)('%s is read whole', (name) => {
    const text = fixture(name)
    const family = name.includes('ip6') ? 'ip6' : 'ip'
    expect(parse(text, family).problems).toEqual([])
    const rules = rulesOf(text, family)
    expect(rules.length).toBe(text.split('\n').filter((line) => line.includes('-A ')).length)
    expect(rules.flatMap(unsupportedOf)).toEqual([])
  })

  it('keeps each line without its counters, and its chain’s policy', () => {
    const { tables } = parse(fixture('lab-28-host-iptables.rules'))
    const filter = tables.find((table) => table.name === 'filter')
    expect(filter?.chains.find((chain) => chain.name === 'FORWARD')).toMatchObject({
      policy: 'DROP',
      rules: [{ text: '-A FORWARD -j DOCKER-USER' }, { text: '-A FORWARD -j DOCKER-FORWARD' }],
    })
    expect(filter?.chains.find((chain) => chain.name === 'DOCKER-USER')?.policy).toBeNull()
  })
})

describe('rules of every module that iptables of Debian 12 knows', () => {
  it('are read without a problem; only what is not modelled is unsupported', () => {
    const text = fixture('every-module-ip.rules')
    expect(parse(text).problems).toEqual([])
    expect([...new Set(rulesOf(text).flatMap(unsupportedOf))]).toEqual(['NFQUEUE'])
  })

  it('of ip6tables, too', () => {
    const text = fixture('every-module-ip6.rules')
    expect(parse(text, 'ip6').problems).toEqual([])
    expect(rulesOf(text, 'ip6').flatMap(unsupportedOf)).toEqual(['rt', 'frag', 'ipv6header', 'eui64'])
  })
})

/** Each row: a line of iptables-save and what it means. */
const LINES: readonly (readonly [string, Partial<IptablesRule>])[] = [
  ['-A INPUT', { matches: [], target: null }],
  ['-A INPUT -j user', { target: { kind: 'jump', chain: 'user' } }],
  ['-A INPUT -g user', { target: { kind: 'goto', chain: 'user' } }],
  ['-A INPUT -j NOWHERE', { target: { kind: 'unsupported', module: 'NOWHERE', text: '-j NOWHERE' } }],
  [
    '-A INPUT -s 10.0.0.7/8 ! -i eth+',
    {
      matches: [
        { kind: 'source', prefix: '10.0.0.0/8', negated: false },
        { kind: 'in-interface', name: 'eth+', negated: true },
      ],
    },
  ],
  [
    '-A INPUT -p tcp -m tcp ! --sport 1000:2000',
    {
      matches: [
        { kind: 'protocol', protocol: 'tcp', negated: false },
        { kind: 'source-port', protocol: 'tcp', range: { from: 1000, to: 2000 }, negated: true },
      ],
    },
  ],
  [
    '-A INPUT -m comment --comment "a \\"b\\" -j DROP \\\\"',
    { matches: [{ kind: 'comment', text: 'a "b" -j DROP \\' }], target: null },
  ],
  [
    '-A INPUT -m limit --limit 3/min -j LOG --log-prefix "x -j y "',
    {
      matches: [{ kind: 'limit', text: '-m limit --limit 3/min' }],
      target: { kind: 'log', module: 'LOG' },
    },
  ],
  [
    '-A INPUT -m constructor --x',
    { matches: [{ kind: 'unsupported', module: 'constructor', text: '-m constructor --x' }] },
  ],
  [
    '-A INPUT -p tcp -m tcp --new-option 4',
    {
      matches: [
        { kind: 'protocol', protocol: 'tcp', negated: false },
        { kind: 'unsupported', module: 'tcp', text: '-m tcp --new-option 4' },
      ],
    },
  ],
  [
    '-A INPUT -j DNAT --to-destination 10.0.0.1-10.0.0.5:8080-8090 --random --persistent',
    {
      target: {
        kind: 'dnat',
        addresses: { from: '10.0.0.1', to: '10.0.0.5' },
        ports: { from: 8080, to: 8090 },
        random: true,
        persistent: true,
      },
    },
  ],
  [
    '-A INPUT -j SNAT --to-source :53',
    { target: { kind: 'snat', addresses: null, ports: { from: 53, to: 53 }, random: false, persistent: false } },
  ],
  [
    '-A INPUT -j MASQUERADE --to-ports 1024-2048 --random-fully',
    { target: { kind: 'masquerade', ports: { from: 1024, to: 2048 }, random: true } },
  ],
  ['-A INPUT -j MARK --set-xmark 0x1/0xff', { target: { kind: 'mark', operation: 'xset', value: 1, mask: 255 } }],
  ['-A INPUT -j CT --notrack', { target: { kind: 'notrack' } }],
  ['-A INPUT -j REJECT', { target: { kind: 'reject', with: 'icmp-port-unreachable' } }],
  [
    '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED',
    { matches: [{ kind: 'ct-state', states: ['RELATED', 'ESTABLISHED'], negated: false }] },
  ],
  [
    '-A INPUT -m addrtype ! --src-type LOCAL --dst-type LOCAL --limit-iface-in',
    {
      matches: [
        { kind: 'address-type', side: 'source', types: ['LOCAL'], limitInterface: 'in', negated: true },
        { kind: 'address-type', side: 'destination', types: ['LOCAL'], limitInterface: 'in', negated: false },
      ],
    },
  ],
]

describe('one line', () => {
  it.each(LINES)('%s', (line, meaning) => {
    const parsed = parse(`*filter\n:INPUT ACCEPT [0:0]\n:user - [0:0]\n[12:3456] ${line}\nCOMMIT\n`)
    expect(parsed.problems).toEqual([])
    const [rule] = parsed.tables[0]?.chains[0]?.rules ?? []
    expect(rule).toMatchObject(meaning)
    expect(rule?.text).toBe(line)
  })

  it('of ip6tables: an IPv6 destination with a port stands in brackets', () => {
    const [rule] = rulesOf(
      '*nat\n:PREROUTING ACCEPT\n-A PREROUTING -p tcp -j DNAT --to-destination [2001:DB8::1]:80\nCOMMIT',
      'ip6',
    )
    expect(rule?.target).toMatchObject({
      kind: 'dnat',
      addresses: { from: '2001:db8::1', to: '2001:db8::1' },
      ports: { from: 80, to: 80 },
    })
  })
})

/** Each row: a text, the lines of its problems, and how many rules are kept all the same. */
const BROKEN: readonly (readonly [string, string, readonly number[], number])[] = [
  ['a quote that is never closed', '*filter\n:INPUT ACCEPT\n-A INPUT -m comment --comment "x\nCOMMIT', [3], 1],
  ['a condition without its value', '*filter\n:INPUT ACCEPT\n-A INPUT -s -j DROP\nCOMMIT', [3], 1],
  ['an address that is none', '*filter\n:INPUT ACCEPT\n-A INPUT -s 10.0.0.300/8 -j DROP\nCOMMIT', [3], 1],
  ['a rule that ends in the middle', '*filter\n:INPUT ACCEPT\n-A INPUT -p tcp !\nCOMMIT', [3], 1],
  ['a target without a name', '*filter\n:INPUT ACCEPT\n-A INPUT -j\nCOMMIT', [3], 1],
  ['a chain that was not declared', '*filter\n:INPUT ACCEPT\n-A OTHER -j DROP\nCOMMIT', [3], 1],
  ['a chain without a policy', '*filter\n:INPUT\nCOMMIT', [2], 0],
  ['a table that iptables does not have', '*bogus\nCOMMIT', [1, 2], 0],
  ['a rule outside of any table', '-A INPUT -j DROP\n', [1], 0],
  ['a text that is cut off', '*filter\n:INPUT ACCEPT\n-A INPUT -j DROP\n', [1], 1],
  ['a table that only nft can print', "# Table `filter' is incompatible, use 'nft' tool.\n", [1], 0],
  ['something that is no rule', '*filter\n:INPUT ACCEPT\n\nhello\nCOMMIT', [4], 0],
]

describe('what cannot be read', () => {
  it.each(BROKEN)('%s', (_title, text, lines, kept) => {
    const parsed = parse(text)
    expect(parsed.problems.map((problem) => problem.line)).toEqual(lines)
    expect(rulesOf(text)).toHaveLength(kept)
  })

  it('is kept as a rule that cannot be decided', () => {
    const [rule] = rulesOf('*filter\n:INPUT ACCEPT\n-A INPUT -s nonsense -j ACCEPT\nCOMMIT')
    expect(rule?.text).toBe('-A INPUT -s nonsense -j ACCEPT')
    expect(unsupportedOf(rule as IptablesRule)).toEqual(['unreadable', 'unreadable'])
  })

  it('comments and warnings are no problem', () => {
    expect(parse('# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n')).toEqual({
      tables: [],
      problems: [],
    })
  })
})
