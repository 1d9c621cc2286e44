import { describe, expect, it } from 'vitest'
import { generatePlans } from '../conformance/generate-plan.ts'
import type { RulePlan } from '../conformance/plan.ts'

const many = [1, 2, 3].flatMap((seed) => generatePlans({ seed, generation: '28', flows: 1000 }))
const rounds = many.flatMap((plan) => plan.rounds)
const showRule = ({ table, chain, spec }: RulePlan): string => `${table} ${chain} ${spec}`
const allRules = rounds.flatMap((round) => round.rules)
const rules = allRules.filter(({ family }) => family === 4).map(showRule)
const rules6 = allRules.filter(({ family }) => family === 6).map(showRule)

const TARGETS6 = ['{6:gw@', '{6:free@', '{6:nic}', '{6:nic2}', '::1', '2001:db8:80::80', '2001:db8:51::200', '{6:c']

describe('the plans of a conformance run', () => {
  it('are the same for the same seed, and plain JSON', () => {
    const once = generatePlans({ seed: 5, generation: '20', flows: 200 })
    expect(generatePlans({ seed: 5, generation: '20', flows: 200 })).toEqual(once)
    expect(JSON.parse(JSON.stringify(once))).toEqual(once)
    expect(generatePlans({ seed: 6, generation: '20', flows: 200 })).not.toEqual(once)
  })

  it('have as many flows as were asked for', () => {
    for (const flows of [1, 28, 250]) {
      const plans = generatePlans({ seed: 1, generation: '20', flows })
      expect(plans.flatMap((plan) => plan.rounds.flatMap((round) => round.flows))).toHaveLength(flows)
    }
  })

  it.each([
    ...[
      'filter DOCKER-USER',
      'filter INPUT',
      'filter FORWARD',
      'filter OUTPUT',
      'mangle ',
      'raw ',
      'nat PREROUTING',
      'nat POSTROUTING',
    ],
    ...[
      '-s ',
      '-d ',
      '-i ',
      '-o ',
      '--dport',
      '--sport',
      ':',
      '-m multiport',
      '--ctstate',
      '--ctorigdst ',
      '--ctstatus',
      '--state',
    ],
    ...[
      '-m addrtype',
      '-m mark',
      '-m iprange',
      '-m mac',
      '-m ttl',
      '-m length',
      '-m comment',
      '-m physdev',
      '-m pkttype',
      '-m connmark',
      '-m rpfilter',
      '-m policy',
      '-m tos',
      '-m dscp',
      '! ',
    ],
    ...[
      '-j ACCEPT',
      '-j DROP',
      '-j RETURN',
      '-j REJECT',
      'tcp-reset',
      'icmp-net-unreachable',
      'icmp-admin-prohibited',
      '-j HW-OWN',
      '-g HW-OWN',
    ],
    ...[
      '-j LOG',
      '-j MARK',
      '-j NOTRACK',
      '-j TCPMSS',
      '-j DNAT',
      '-j SNAT',
      '-j REDIRECT',
      '-j NETMAP',
      '-j MASQUERADE',
      '-j TTL',
      '-j CONNMARK',
      '-j DSCP',
      '-j CLASSIFY',
    ],
  ])('come to rules with %s', (text) => {
    expect(rules.filter((rule) => rule.includes(text)).length).toBeGreaterThan(0)
  })

  it.each([
    ...['filter DOCKER-USER', 'filter INPUT', 'filter FORWARD', 'filter OUTPUT', 'mangle ', 'raw ', 'nat PREROUTING'],
    ...[
      '-s {6:',
      '-d 2001:db8:',
      '-p icmpv6 ',
      '--icmpv6-type',
      '-m hl',
      '--ctstate',
      '--dport',
      '-m iprange',
      '-m mac',
    ],
    ...[
      '-j DROP',
      'icmp6-adm-prohibited',
      'tcp-reset',
      '-j HL',
      '-j DNAT --to-destination [',
      '-j MASQUERADE',
      '-j NETMAP',
    ],
  ])('come to rules of IPv6 with %s', (text) => {
    expect(rules6.filter((rule) => rule.includes(text)).length).toBeGreaterThan(0)
  })

  it('keep to what ip6tables has: no DOCKER-USER with 20.10', () => {
    const older = generatePlans({ seed: 1, generation: '20', flows: 1000 }).flatMap((plan) => plan.rounds)
    const six = older.flatMap((round) => round.rules).filter(({ family }) => family === 6)
    expect(six.length).toBeGreaterThan(20)
    expect(six.filter(({ chain }) => chain === 'DOCKER-USER')).toEqual([])
  })

  it.each([
    'ip_forward',
    'rp_filter',
    'bridge-nf-call-iptables',
    'route_localnet',
    'ip_default_ttl',
    'ipv6/conf/all/forwarding',
    'bridge-nf-call-ip6tables',
  ])('turn %s', (name) => {
    expect(rounds.some((round) => Object.keys(round.sysctls).some((key) => key.endsWith(name)))).toBe(true)
  })

  it.each(['unreachable', 'prohibit', 'blackhole', 'lookup 77', 'src {nic2}', '-6 route', '-6 rule'])(
    'lay %s on the host',
    (text) => {
      expect(rounds.some((round) => round.commands.some(({ run }) => run.includes(text)))).toBe(true)
    },
  )

  it('come to every kind of network, container and port', () => {
    const networks = many.flatMap((plan) => plan.networks)
    const containers = many.flatMap((plan) => plan.containers)
    const published = containers.flatMap((container) => container.publish)
    expect(networks.some(({ internal }) => internal)).toBe(true)
    expect(new Set(networks.map(({ subnet6 }) => subnet6 !== null))).toEqual(new Set([true, false]))
    expect(new Set(many.map(({ engine }) => `${engine.userlandProxy} ${engine.ipv6}`)).size).toBe(4)
    expect(networks.some(({ icc }) => !icc)).toBe(true)
    expect(networks.some(({ masquerade }) => !masquerade)).toBe(true)
    expect(new Set(containers.map(({ mode }) => mode.split(':')[0]))).toEqual(
      new Set(['networks', 'none', 'host', 'container']),
    )
    expect(new Set(containers.map((container) => container.networks.length))).toEqual(new Set([0, 1, 2, 3]))
    expect(new Set(published.map(({ hostAddress }) => hostAddress))).toEqual(
      new Set([null, '127.0.0.1', '{nic}', '[::1]', '[{6:nic}]']),
    )
    expect(new Set(published.map(({ protocol }) => protocol))).toEqual(new Set(['tcp', 'udp']))
    expect(new Set(many.map(({ engine }) => engine.userlandProxy))).toEqual(new Set([true, false]))
  })

  it('come to every kind of flow', () => {
    const flows = rounds.flatMap((round) => round.flows)
    expect(new Set(flows.map(({ from }) => from.kind))).toEqual(new Set(['container', 'host', 'outside']))
    expect(new Set(flows.map(({ protocol }) => protocol))).toEqual(new Set(['icmp', 'tcp', 'udp']))
    expect(new Set(flows.map(({ ttl }) => ttl))).toEqual(new Set([undefined, 1, 2]))
    expect(new Set(flows.map(({ size }) => size))).toEqual(new Set([undefined, 1390, 2000]))
    for (const to of [
      '{gw@',
      '{free@',
      '{nic}',
      '{nic2}',
      '127.0.0.1',
      '203.0.113.80',
      '198.51.100.77',
      '{c1@',
      ...TARGETS6,
    ])
      expect(
        flows.some((flow) => flow.to.startsWith(to)),
        to,
      ).toBe(true)
  })

  it('send all kinds of probes over IPv6, from everywhere', () => {
    const six = rounds.flatMap((round) => round.flows).filter(({ to }) => to.startsWith('{6:') || to.includes('::'))
    for (const protocol of ['icmp', 'tcp', 'udp'])
      for (const kind of ['container', 'host', 'outside'])
        expect(six.filter((flow) => flow.protocol === protocol && flow.from.kind === kind).length).toBeGreaterThan(9)
    expect(six.some(({ ttl }) => ttl === 1)).toBe(true)
    expect(six.some(({ size, df }) => size === 2000 && df === false)).toBe(true)
  })

  it('ask for ports over IPv6 that only docker-proxy can hand to a container of IPv4 alone', () => {
    const found = many.some(({ engine, networks, containers, rounds: own }) =>
      containers.some(({ networks: [first], publish, mode }) => {
        const alone = first === 'bridge' ? !engine.ipv6 : networks.find(({ name }) => name === first)?.subnet6 === null
        const ports = publish.filter(({ hostAddress }) => hostAddress === null).map(({ hostPort }) => hostPort)
        const asked = own.flatMap(({ flows }) => flows).filter(({ to }) => to === '{6:nic}' || to === '::1')
        return mode === 'networks' && alone && asked.some(({ port }) => ports.includes(port ?? 0))
      }),
    )
    expect(found).toBe(true)
  })
})
