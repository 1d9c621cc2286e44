import { describe, expect, it } from 'vitest'
import { endsOf, rulesOf, scene, stepsOf, table, tcp, udp } from './netfilter-scene.ts'

const OUT = { inDevice: 'eth0', outDevice: 'eth1' }
const PACKET = tcp('10.0.0.1 40000', '10.0.0.2 80')

describe('what cannot be told', () => {
  const DOUBTFUL = '-A FORWARD -p tcp -m recent --update --seconds 30 --name x --mask 255.255.255.255 --rsource -j DROP'

  it('a condition that is not evaluated, where all others of its rule hold', () => {
    const outcome = scene({ ip: table('filter', [DOUBTFUL, '-A FORWARD -j ACCEPT']) }).visit('forward', PACKET, OUT)
    expect(outcome.verdict).toBe('cannot-tell')
    const [unknown] = stepsOf(outcome, 'unknown')
    expect(outcome.steps.at(-1)).toBe(unknown)
    expect(unknown?.what).toContain(DOUBTFUL)
    expect(outcome.reason).toContain('-m recent')
  })

  it('the same rule is passed by where another condition fails', () => {
    const outcome = scene({ ip: table('filter', [DOUBTFUL, '-A FORWARD -j ACCEPT']) }).visit(
      'forward',
      udp('10.0.0.1 1', '10.0.0.2 2'),
      OUT,
    )
    expect(rulesOf(outcome)).toEqual(['filter/FORWARD accept'])
  })

  it('a limited LOG changes nothing: the walk goes on and says that its counter is assumed', () => {
    const rules = ['-A FORWARD -m limit --limit 3/min -j LOG', '-A FORWARD -j ACCEPT']
    const outcome = scene({ ip: table('filter', rules) }).visit('forward', PACKET, OUT)
    expect(outcome.verdict).toBe('accept')
    expect(stepsOf(outcome, 'rule')[0]?.evidence).toMatchObject({
      basis: 'assumed',
      note: expect.stringContaining('limit'),
    })
  })

  it('a target that is not evaluated', () => {
    const outcome = scene({ ip: table('filter', ['-A FORWARD -j NFQUEUE --queue-num 3']) }).visit(
      'forward',
      PACKET,
      OUT,
    )
    expect([outcome.verdict, outcome.reason.includes('NFQUEUE')]).toEqual(['cannot-tell', true])
  })

  it('rules that could not be read, of iptables or of nftables', () => {
    for (const parts of [{ iptablesUnread: true }, { nft: null }]) {
      const outcome = scene(parts).visit('forward', PACKET, OUT)
      expect([outcome.verdict, outcome.steps.at(-1)?.kind]).toEqual(['cannot-tell', 'unknown'])
    }
  })

  it('nothing, for native nftables chains: they judge in their place among those of iptables', () => {
    const native = (hook: string, policy: 'accept' | 'drop', rules: number) => [
      {
        family: 'inet' as const,
        name: 'mine',
        handle: 1,
        dormant: false,
        sets: [],
        chains: [
          {
            name: 'judge',
            handle: 1,
            base: { type: 'filter' as const, hook, priority: -10, policy },
            rules: Array.from({ length: rules }, () => ({
              text: 'drop',
              handle: 2,
              comment: null,
              statements: [{ kind: 'verdict' as const, verdict: { kind: 'drop' as const } }],
            })),
          },
        ],
      },
    ]
    const verdict = (hook: string, policy: 'accept' | 'drop', rules: number) =>
      scene({ nft: native(hook, policy, rules), ip: table('filter', ['-A FORWARD -j ACCEPT']) }).visit(
        'forward',
        PACKET,
        OUT,
      )
    expect(verdict('forward', 'accept', 1).reason).toBe('dropped by nftables table inet mine, chain judge: drop')
    expect(rulesOf(verdict('forward', 'drop', 0))).toEqual(['mine/judge policy drop'])
    expect(rulesOf(verdict('forward', 'accept', 0))).toEqual(['mine/judge policy accept', 'filter/FORWARD accept'])
    expect(verdict('input', 'drop', 1).verdict).toBe('accept')
  })
})

describe('iptables-nft and iptables-legacy side by side', () => {
  const visit = (nft: readonly string[], legacy: readonly string[]) =>
    scene({ ip: table('filter', nft), legacy: table('filter', legacy) }).visit('forward', PACKET, OUT)

  it('both judge, and the steps say that their order is not known', () => {
    const outcome = visit(['-A FORWARD -j ACCEPT'], ['-A FORWARD -p tcp -j DROP'])
    expect([outcome.verdict, ...rulesOf(outcome)]).toEqual(['drop', 'filter/FORWARD accept', 'filter/FORWARD drop'])
    expect(stepsOf(outcome, 'rule')[0]?.evidence.note).toContain('not known')
  })

  it('where the order decides between silence and an answer, nothing is told', () => {
    const outcome = visit(['-A FORWARD -j REJECT --reject-with icmp-port-unreachable'], ['-A FORWARD -j DROP'])
    expect([outcome.verdict, outcome.steps.length]).toEqual(['cannot-tell', 1])
  })

  it('two translations that differ are not chosen between', () => {
    const dnat = (to: string) => table('nat', [`-A PREROUTING -p tcp -j DNAT --to-destination ${to}`])
    const split = scene({ ip: dnat('172.17.0.2:80'), legacy: dnat('172.18.0.2:80') })
    const outcome = split.visit('prerouting', PACKET, { inDevice: 'eth0' })
    expect([outcome.verdict, endsOf(outcome.skb.packet)]).toEqual(['cannot-tell', endsOf(PACKET)])
    const same = scene({ ip: dnat('172.17.0.2:80'), legacy: dnat('172.17.0.2:80') })
    expect(endsOf(same.visit('prerouting', PACKET, { inDevice: 'eth0' }).skb.packet)).toBe(
      '10.0.0.1 40000 > 172.17.0.2 80',
    )
  })
})
