import { generateMatches, type RuleProtocol, type RuleScene } from './generate-matches.ts'
import { CLOSED_TCP, HOST_TCP, HOST_UDP, OPEN_TCP, OPEN_UDP, type Topology } from './generate-topology.ts'
import type { RoundPlan, RulePlan } from './plan.ts'
import type { Random } from './prng.ts'

type Table = RulePlan['table']

interface Spot {
  readonly table: Table
  readonly chain: string
  readonly hooks: readonly string[]
}

const spot = (table: Table, chain: string, ...hooks: string[]): Spot => ({
  table,
  chain,
  hooks: hooks.length === 0 ? [chain] : hooks,
})

const SPOTS: readonly (readonly [number, Spot])[] = [
  [10, spot('filter', 'DOCKER-USER', 'FORWARD')],
  [6, spot('filter', 'INPUT')],
  [3, spot('filter', 'FORWARD')],
  [3, spot('filter', 'OUTPUT')],
  [3, spot('mangle', 'PREROUTING')],
  [1, spot('mangle', 'INPUT')],
  [2, spot('mangle', 'FORWARD')],
  [1, spot('mangle', 'OUTPUT')],
  [2, spot('mangle', 'POSTROUTING')],
  [2, spot('raw', 'PREROUTING')],
  [1, spot('raw', 'OUTPUT')],
  [2, spot('nat', 'PREROUTING')],
  [1, spot('nat', 'OUTPUT')],
  [2, spot('nat', 'POSTROUTING')],
]

const REJECTS = [
  'icmp-net-unreachable',
  'icmp-host-unreachable',
  'icmp-port-unreachable',
  'icmp-proto-unreachable',
  'icmp-net-prohibited',
  'icmp-host-prohibited',
  'icmp-admin-prohibited',
] as const

/** Makes a round's chains and rules: none at all in one round of five, else up to eight. */
export function generateRules(random: Random, topology: Topology): Pick<RoundPlan, 'chains' | 'rules'> {
  if (random.chance(0.2)) return { chains: [], rules: [] }
  const own = random.chance(0.5) ? [ownChain(random, topology)] : []
  const rules = Array.from({ length: 1 + random.int(8) }, () => generateRule(random, topology, random.weighted(SPOTS)))
  return {
    chains: own.map(({ jump }) => ({ table: jump.table, name: 'HW-OWN' })),
    rules: [...own.flatMap(({ inside, jump }) => [...inside, jump]), ...rules],
  }
}

/** A chain of the user's own with two or three rules, and the jump (or goto) to it. */
function ownChain(random: Random, topology: Topology): { inside: RulePlan[]; jump: RulePlan } {
  const from = random.weighted(SPOTS.filter(([, { table }]) => table !== 'nat'))
  const scene = { topology, table: from.table, hooks: from.hooks }
  const inside = Array.from({ length: 2 + random.int(2) }, () =>
    generateRule(random, topology, { ...from, chain: 'HW-OWN' }),
  ).map((rule): RulePlan => ({ ...rule, at: 'append' }))
  const spec = join(
    generateMatches(random, scene, pickProtocol(random)),
    random.pick(['-j HW-OWN', '-j HW-OWN', '-g HW-OWN']),
  )
  return { inside, jump: { table: from.table, chain: from.chain, at: 'insert', spec } }
}

const pickProtocol = (random: Random): RuleProtocol =>
  random.weighted([
    [3, 'tcp'],
    [2, 'udp'],
    [2, 'icmp'],
    [3, null],
  ] as const)

function generateRule(random: Random, topology: Topology, { table, chain, hooks }: Spot): RulePlan {
  const scene: RuleScene = { topology, table, hooks }
  const protocol = table === 'nat' ? random.pick(['tcp', 'udp', 'tcp', null] as const) : pickProtocol(random)
  const matches = generateMatches(random, scene, protocol)
  return {
    table,
    chain,
    at: random.chance(0.75) ? 'insert' : 'append',
    spec: join(matches, pickTarget(random, scene, protocol)),
  }
}

const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ')

function pickTarget(random: Random, scene: RuleScene, protocol: RuleProtocol): string {
  switch (scene.table) {
    case 'filter':
      return filterTarget(random, protocol)
    case 'mangle':
      return mangleTarget(random, scene, protocol)
    case 'raw':
      return random.pick(['-j NOTRACK', '-j CT --notrack', '-j DROP', '-j ACCEPT', '-j RETURN', '-j LOG', ''])
    case 'nat':
      return natTarget(random, scene, protocol)
    default:
      return scene.table satisfies never
  }
}

function filterTarget(random: Random, protocol: RuleProtocol): string {
  const reject = protocol === 'tcp' && random.chance(0.5) ? 'tcp-reset' : random.pick(REJECTS)
  return random.weighted([
    [4, '-j ACCEPT'],
    [4, '-j DROP'],
    [2, '-j RETURN'],
    [1, '-j REJECT'],
    [4, `-j REJECT --reject-with ${reject}`],
    [1, '-j LOG --log-prefix "hw: "'],
    [1, '-j NFLOG'],
    [2, ''],
  ])
}

function mangleTarget(random: Random, scene: RuleScene, protocol: RuleProtocol): string {
  const out = scene.hooks.every((hook) => ['FORWARD', 'OUTPUT', 'POSTROUTING'].includes(hook))
  if (protocol === 'tcp' && out && random.chance(0.3)) return '--tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu'
  return random.weighted([
    [4, `-j MARK --set-mark ${random.pick(['0x1', '0x2', '0x10'])}`],
    [1, '-j MARK --set-xmark 0x10/0xf0'],
    [1, '-j MARK --or-mark 0x2'],
    [1, '-j CONNMARK --set-mark 0x5'],
    [1, '-j CONNMARK --save-mark'],
    [1, '-j CONNMARK --restore-mark'],
    [1, `-j TTL ${random.pick(['--ttl-set 40', '--ttl-inc 1', '--ttl-dec 1'])}`],
    [1, '-j TOS --set-tos 0x10'],
    [1, '-j DROP'],
    [1, '-j ACCEPT'],
    [1, '-j RETURN'],
    [1, ''],
  ])
}

function natTarget(random: Random, { topology, hooks }: RuleScene, protocol: RuleProtocol): string {
  const containers = topology.containers.filter((container) => container.networks.length > 0)
  const one = random.pick(containers)
  const place = `{${one.name}@${one.networks[0] ?? 'bridge'}}`
  const ported = protocol === 'tcp' || protocol === 'udp'
  const open = protocol === 'udp' ? OPEN_UDP : OPEN_TCP
  if (hooks.includes('POSTROUTING'))
    return random.weighted([
      [3, '-j MASQUERADE'],
      [2, '-j SNAT --to-source {nic}'],
      [1, '-j SNAT --to-source {nic2}'],
      [1, '-j ACCEPT'],
      [1, '-j RETURN'],
      [1, '-j LOG'],
    ])
  return random.weighted([
    [3, `-j DNAT --to-destination ${place}${ported ? `:${random.pick([open, open, CLOSED_TCP])}` : ''}`],
    [
      1,
      ported
        ? `-j DNAT --to-destination 203.0.113.80:${protocol === 'udp' ? 7 : 80}`
        : `-j DNAT --to-destination ${place}`,
    ],
    [2, ported ? `-j REDIRECT --to-ports ${protocol === 'udp' ? HOST_UDP : HOST_TCP}` : '-j REDIRECT'],
    [1, '-j NETMAP --to 172.17.0.0/24'],
    [1, '-j ACCEPT'],
    [1, '-j RETURN'],
  ])
}
