import { describe, expect, it } from 'vitest'
import { endsOf, ping, rulesOf, scene, stepsOf, table, tcp } from './netfilter-scene.ts'

const OUT = { inDevice: 'eth0', outDevice: 'eth1' }
const PACKET = tcp('10.0.0.1 40000', '10.0.0.2 80')

/** Each row: the rules of table filter, the FORWARD policy, the verdict, and the steps. */
const WALKS: readonly (readonly [string, readonly string[], 'ACCEPT' | 'DROP', string, readonly string[]])[] = [
  ['an empty chain ends at its policy accept', [], 'ACCEPT', 'accept', ['filter/FORWARD policy accept']],
  ['an empty chain ends at its policy drop', [], 'DROP', 'drop', ['filter/FORWARD policy drop']],
  [
    'a chain that nothing matches is left for the rule after the jump',
    ['-A FORWARD -j one', '-A FORWARD -j ACCEPT', '-A one -s 10.9.9.9/32 -j DROP'],
    'DROP',
    'accept',
    ['filter/FORWARD jump', 'filter/FORWARD accept'],
  ],
  [
    'RETURN in a base chain is its policy',
    ['-A FORWARD -j RETURN', '-A FORWARD -j ACCEPT'],
    'DROP',
    'drop',
    ['filter/FORWARD return', 'filter/FORWARD policy drop'],
  ],
  [
    'RETURN goes back one chain only, from three deep',
    [
      '-A FORWARD -j one',
      '-A FORWARD -j DROP',
      '-A one -j two',
      '-A one -j ACCEPT',
      '-A two -j three',
      '-A two -j RETURN',
      '-A two -j DROP',
      '-A three -j RETURN',
      '-A three -j DROP',
    ],
    'DROP',
    'accept',
    [
      'filter/FORWARD jump',
      'filter/one jump',
      'filter/two jump',
      'filter/three return',
      'filter/two return',
      'filter/one accept',
    ],
  ],
  [
    'goto does not come back to the chain that it left, so the policy decides',
    ['-A FORWARD -g one', '-A FORWARD -j ACCEPT', '-A one -s 10.9.9.9/32 -j DROP'],
    'DROP',
    'drop',
    ['filter/FORWARD goto', 'filter/FORWARD policy drop'],
  ],
  [
    'goto in a chain that was jumped to comes back to where the jump was',
    ['-A FORWARD -j one', '-A FORWARD -j ACCEPT', '-A one -g two', '-A one -j DROP', '-A two -j RETURN'],
    'DROP',
    'accept',
    ['filter/FORWARD jump', 'filter/one goto', 'filter/two return', 'filter/FORWARD accept'],
  ],
  [
    'a rule without a target and a LOG count and go on',
    ['-A FORWARD -p tcp', '-A FORWARD -j LOG --log-prefix "x "', '-A FORWARD -j ACCEPT'],
    'DROP',
    'accept',
    ['filter/FORWARD continue', 'filter/FORWARD continue', 'filter/FORWARD accept'],
  ],
  [
    'the first rule that decides is the last that is asked',
    ['-A FORWARD -p udp -j DROP', '-A FORWARD -j ACCEPT', '-A FORWARD -j DROP'],
    'DROP',
    'accept',
    ['filter/FORWARD accept'],
  ],
]

describe('a walk through chains', () => {
  it.each(WALKS)('%s', (_title, rules, policy, verdict, steps) => {
    const outcome = scene({ ip: table('filter', rules, { FORWARD: policy }) }).visit('forward', PACKET, OUT)
    expect(outcome.verdict).toBe(verdict)
    expect(rulesOf(outcome)).toEqual(steps)
  })

  it('counts the rules that were tried since the last step of the chain', () => {
    const rules = [
      '-A FORWARD -p udp -j DROP',
      '-A FORWARD -s 1.1.1.1/32 -j DROP',
      '-A FORWARD -p tcp',
      '-A FORWARD -p icmp -j DROP',
    ]
    const outcome = scene({ ip: table('filter', rules, { FORWARD: 'ACCEPT' }) }).visit('forward', PACKET, OUT)
    expect(outcome.steps.map((step) => ('triedBefore' in step ? step.triedBefore : null))).toEqual([2, 1])
  })

  it('tells on request which condition failed first', () => {
    const rules = ['-A FORWARD -p tcp -s 1.1.1.1/32 -j DROP', '-A FORWARD -i eth9 -j DROP', '-A FORWARD -j ACCEPT']
    const outcome = scene({ ip: table('filter', rules) }).visit('forward', PACKET, OUT, true)
    expect(stepsOf(outcome, 'rule')[0]?.tried).toEqual([
      { rule: '-A FORWARD -p tcp -s 1.1.1.1/32 -j DROP', failed: 'not so: the packet comes from 1.1.1.1' },
      { rule: '-A FORWARD -i eth9 -j DROP', failed: 'not so: the packet came in by eth9' },
    ])
    const quiet = scene({ ip: table('filter', rules) }).visit('forward', PACKET, OUT)
    expect(stepsOf(quiet, 'rule')[0]).not.toHaveProperty('tried')
  })

  it('cannot tell what becomes of a packet in chains that go in a circle', () => {
    const rules = ['-A FORWARD -j one', '-A one -j two', '-A two -j one']
    const outcome = scene({ ip: table('filter', rules) }).visit('forward', PACKET, OUT)
    expect([outcome.verdict, outcome.steps.at(-1)?.kind]).toEqual(['cannot-tell', 'unknown'])
  })

  it('gives the same steps for a long chain as for its rules one by one', () => {
    const noise = Array.from(
      { length: 300 },
      (_, index) => `-A FORWARD -d 10.1.${index >> 8}.${index & 255}/32 -o br${index} -j DROP`,
    )
    const rules = [
      ...noise.slice(0, 100),
      '-A FORWARD -p tcp -m tcp --dport 80',
      ...noise.slice(100),
      '-A FORWARD -o eth1',
      '-A FORWARD -d 10.0.0.2/32 -j ACCEPT',
    ]
    const outcome = scene({ ip: table('filter', rules, { FORWARD: 'DROP' }) }).visit('forward', PACKET, OUT)
    expect(stepsOf(outcome, 'rule').map((step) => [step.verdict, step.triedBefore])).toEqual([
      ['continue', 100],
      ['continue', 200],
      ['accept', 0],
    ])
  })
})

describe('chains at one hook', () => {
  it('an accept in raw does not save a packet from a drop in filter', () => {
    const ip = table('raw', ['-A OUTPUT -j ACCEPT']) + table('filter', ['-A OUTPUT -j DROP'])
    const outcome = scene({ ip }).visit('output', PACKET, { outDevice: 'eth0' })
    expect([outcome.verdict, ...rulesOf(outcome)]).toEqual(['drop', 'raw/OUTPUT accept', 'filter/OUTPUT drop'])
  })

  it('raw, connection tracking, mangle, nat, filter and security come in this order, whatever the order of the text', () => {
    const names = ['security', 'nat', 'filter', 'mangle', 'raw']
    const translating = ['-A POSTROUTING -p udp -j MASQUERADE']
    const rulesIn = (name: string) => ['-A OUTPUT -p tcp', ...(name === 'nat' ? translating : [])]
    const ip = names.map((name) => table(name, rulesIn(name))).join('')
    const outcome = scene({ ip }).visit('output', PACKET, { outDevice: 'eth0' })
    const places = outcome.steps.map((step) =>
      step.kind === 'rule' ? step.table : step.kind === 'conntrack' ? 'conntrack' : null,
    )
    expect(places.filter((place) => place !== null)).toEqual([
      'raw',
      'conntrack',
      'mangle',
      'nat',
      'filter',
      'security',
    ])
  })

  it('a nat table that translates nothing is not asked: nothing there makes the kernel track connections', () => {
    const ip = table('nat', ['-A OUTPUT -p tcp -j ACCEPT'])
    expect(scene({ ip }).visit('output', PACKET, { outDevice: 'eth0' }).steps).toEqual([])
  })

  it('the output device stays the old one for the whole hook after DNAT, the destination does not', () => {
    const ip =
      table('nat', ['-A OUTPUT -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.30.2.11:8080']) +
      table('filter', ['-A OUTPUT -d 172.30.2.11/32 -o lo -p tcp -m tcp --dport 8080'], { OUTPUT: 'ACCEPT' })
    const outcome = scene({ ip }).visit('output', tcp('10.0.0.1 40000', '10.0.0.1 80'), { outDevice: 'lo' })
    expect(endsOf(outcome.skb.packet)).toBe('10.0.0.1 40000 > 172.30.2.11 8080')
    expect(rulesOf(outcome)).toEqual(['nat/OUTPUT dnat', 'filter/OUTPUT continue', 'filter/OUTPUT policy accept'])
  })

  it('IPv6 packets meet ip6tables only', () => {
    const both = scene({
      ip: table('filter', ['-A FORWARD -j DROP']),
      ip6: table('filter', ['-A FORWARD -s 2001:db8::/64 -d 2001:db8:1::5/128 -j ACCEPT'], { FORWARD: 'DROP' }),
    })
    const outcome = both.visit('forward', tcp('2001:db8::7 4000', '2001:db8:1::5 80'), OUT)
    expect([outcome.verdict, stepsOf(outcome, 'rule')[0]?.family]).toEqual(['accept', 'ip6'])
    expect(both.visit('forward', ping('2001:db8:7::7', '2001:db8:1::5'), OUT).verdict).toBe('drop')
  })

  it('a bridged packet has no input device in postrouting: -i fails there and ! -i holds', () => {
    const ip = table('mangle', ['-A POSTROUTING -i br0 -j DROP', '-A POSTROUTING ! -i br0 -j ACCEPT'])
    const outcome = scene({ ip }).visit('postrouting', PACKET, { outDevice: 'br0' })
    expect(rulesOf(outcome)).toEqual(['mangle/POSTROUTING accept'])
  })

  it('REJECT says what it answers with', () => {
    const outcome = scene({ ip: table('filter', ['-A INPUT -p tcp -j REJECT --reject-with tcp-reset']) }).visit(
      'input',
      PACKET,
    )
    expect(outcome.verdict).toBe('reject')
    expect(outcome.reject).toEqual({ with: 'tcp-reset', rule: '-A INPUT -p tcp -j REJECT --reject-with tcp-reset' })
  })
})
