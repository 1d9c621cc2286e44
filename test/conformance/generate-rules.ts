import { wordsOf } from './family-words.ts'
import { generateMatches, type RuleProtocol, type RuleScene } from './generate-matches.ts'
import {
  CLOSED_TCP,
  endsOf,
  HOST_TCP,
  HOST_UDP,
  OPEN_TCP,
  OPEN_UDP,
  place,
  type Topology,
} from './generate-topology.ts'
import type { Family, RoundPlan, RulePlan } from './plan.ts'
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

const pickFamily = (random: Random): Family => (random.chance(0.4) ? 6 : 4)

/** 20.10 has no DOCKER-USER in ip6tables. */
function pickSpot(random: Random, { engine }: Topology, family: Family): Spot {
  const chosen = random.weighted(SPOTS)
  const missing = family === 6 && engine.generation === '20' && chosen.chain === 'DOCKER-USER'
  return missing ? spot('filter', 'FORWARD') : chosen
}

/** Makes a round's chains and rules: none at all in one round of five, else up to ten. */
export function generateRules(random: Random, topology: Topology): Pick<RoundPlan, 'chains' | 'rules'> {
  if (random.chance(0.2)) return { chains: [], rules: [] }
  const own = random.chance(0.5) ? [ownChain(random, topology)] : []
  const rules = Array.from({ length: 1 + random.int(10) }, () => {
    const family = pickFamily(random)
    return generateRule(random, topology, family, pickSpot(random, topology, family))
  })
  return {
    chains: own.map(({ jump: { family, table } }) => ({ family, table, name: 'HW-OWN' })),
    rules: [...own.flatMap(({ inside, jump }) => [...inside, jump]), ...rules],
  }
}

/** A chain of the user's own with two or three rules, and the jump (or goto) to it. */
function ownChain(random: Random, topology: Topology): { inside: RulePlan[]; jump: RulePlan } {
  const family = pickFamily(random)
  const some = SPOTS.filter(([, { table, chain }]) => table !== 'nat' && (family === 4 || chain !== 'DOCKER-USER'))
  const from = random.weighted(some)
  const scene = { topology, family, table: from.table, hooks: from.hooks }
  const inside = Array.from({ length: 2 + random.int(2) }, () =>
    generateRule(random, topology, family, { ...from, chain: 'HW-OWN' }),
  ).map((rule): RulePlan => ({ ...rule, at: 'append' }))
  const spec = join(
    generateMatches(random, scene, pickProtocol(random)),
    random.pick(['-j HW-OWN', '-j HW-OWN', '-g HW-OWN']),
  )
  return { inside, jump: { family, table: from.table, chain: from.chain, at: 'insert', spec } }
}

const pickProtocol = (random: Random): RuleProtocol =>
  random.weighted([
    [3, 'tcp'],
    [2, 'udp'],
    [2, 'icmp'],
    [3, null],
  ] as const)

function generateRule(random: Random, topology: Topology, family: Family, { table, chain, hooks }: Spot): RulePlan {
  const scene: RuleScene = { topology, family, table, hooks }
  const protocol = table === 'nat' ? random.pick(['tcp', 'udp', 'tcp', null] as const) : pickProtocol(random)
  const matches = generateMatches(random, scene, protocol)
  const target = pickTarget(random, scene, protocol)
  // TCPMSS asks for flags of its own, and iptables takes them only once.
  const twice = target.startsWith('--tcp-flags') && /--syn|--tcp-flags/.test(matches)
  return {
    family,
    table,
    chain,
    at: random.chance(0.75) ? 'insert' : 'append',
    spec: join(matches, twice ? '-j RETURN' : target),
  }
}

const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ')

function pickTarget(random: Random, scene: RuleScene, protocol: RuleProtocol): string {
  switch (scene.table) {
    case 'filter':
      return filterTarget(random, scene, protocol)
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

function filterTarget(random: Random, { family }: RuleScene, protocol: RuleProtocol): string {
  const reject = protocol === 'tcp' && random.chance(0.5) ? 'tcp-reset' : random.pick(wordsOf(family).rejects)
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
    [1, `-j ${random.pick(wordsOf(scene.family).ttlTarget)}`],
    [1, '-j TOS --set-tos 0x10'],
    [1, '-j DSCP --set-dscp 0x04'],
    [out ? 1 : 0, '-j CLASSIFY --set-class 1:10'],
    [1, '-j DROP'],
    [1, '-j ACCEPT'],
    [1, '-j RETURN'],
    [1, ''],
  ])
}

function natTarget(random: Random, { topology, family, hooks }: RuleScene, protocol: RuleProtocol): string {
  const { mappedTo, web } = wordsOf(family)
  const own = (name: string): string => place(family, name)
  const end = random.pick([...endsOf(topology, family), ...(endsOf(topology, family).length === 0 ? [own('nic')] : [])])
  const withPort = (address: string, port: number): string =>
    family === 4 ? `${address}:${port}` : `[${address}]:${port}`
  const ported = protocol === 'tcp' || protocol === 'udp'
  const open = protocol === 'udp' ? OPEN_UDP : OPEN_TCP
  if (hooks.includes('POSTROUTING'))
    return random.weighted([
      [3, '-j MASQUERADE'],
      [2, `-j SNAT --to-source ${own('nic')}`],
      [1, `-j SNAT --to-source ${own('nic2')}`],
      [1, '-j ACCEPT'],
      [1, '-j RETURN'],
      [1, '-j LOG'],
    ])
  return random.weighted([
    [3, `-j DNAT --to-destination ${ported ? withPort(end, random.pick([open, open, CLOSED_TCP])) : end}`],
    [1, `-j DNAT --to-destination ${ported ? withPort(web, protocol === 'udp' ? 7 : 80) : end}`],
    [2, ported ? `-j REDIRECT --to-ports ${protocol === 'udp' ? HOST_UDP : HOST_TCP}` : '-j REDIRECT'],
    [1, `-j NETMAP --to ${mappedTo}`],
    [1, '-j ACCEPT'],
    [1, '-j RETURN'],
  ])
}
