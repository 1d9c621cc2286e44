import { wordsOf } from './family-words.ts'
import {
  CLOSED_TCP,
  CLOSED_UDP,
  endsOf,
  HOST_TCP,
  HOST_UDP,
  networksOf,
  OPEN_TCP,
  OPEN_UDP,
  place,
  type Topology,
} from './generate-topology.ts'
import type { Family, RulePlan } from './plan.ts'
import type { Random } from './prng.ts'

/** What a match may refer to: the topology's names and addresses, and the chain that the rule is for. */
export interface RuleScene {
  readonly topology: Topology
  readonly family: Family
  readonly table: RulePlan['table']
  /** The built-in chains from which the rule is reached: only what is legal in all of them is used. */
  readonly hooks: readonly string[]
}

export type RuleProtocol = 'tcp' | 'udp' | 'icmp' | null

const UP_TO = {
  tcp: [OPEN_TCP, CLOSED_TCP, HOST_TCP, 8001, 8002],
  udp: [OPEN_UDP, CLOSED_UDP, HOST_UDP, 9001, 7],
} as const

const not = (random: Random): string => (random.chance(0.15) ? '! ' : '')

const bridges = ({ topology }: RuleScene): string[] => ['docker0', ...topology.networks.map((network) => network.name)]

const places = ({ topology, family }: RuleScene): string[] => [
  ...endsOf(topology, family),
  ...networksOf(topology, family).map((network) => place(family, `net@${network}`)),
  place(family, 'nic'),
  ...wordsOf(family).prefixes,
]

const never = (scene: RuleScene, ...hooks: string[]): boolean => scene.hooks.some((hook) => hooks.includes(hook))

/** One kind of match: its text, or null where it is not legal (or means nothing) in this place. */
type MatchMaker = (random: Random, scene: RuleScene, protocol: RuleProtocol) => string | null

const address: MatchMaker = (random, scene) => {
  const flag = random.pick(['-s', '-d'])
  return `${not(random)}${flag} ${random.pick(places(scene))}`
}

const device: MatchMaker = (random, scene) => {
  const name = random.weighted([
    [5, random.pick(bridges(scene))],
    [2, 'ens5'],
    [1, 'hw+'],
    [1, 'docker+'],
  ])
  const flags = [
    ...(never(scene, 'OUTPUT', 'POSTROUTING') ? [] : ['-i']),
    ...(never(scene, 'INPUT', 'PREROUTING') ? [] : ['-o']),
  ]
  return flags.length === 0 ? null : `${not(random)}${random.pick(flags)} ${name}`
}

const port: MatchMaker = (random, _scene, protocol) => {
  if (protocol !== 'tcp' && protocol !== 'udp') return null
  const one = random.pick(UP_TO[protocol])
  const range = random.pick([`${one}`, `${one}`, `${Math.max(1, one - 5)}:${one + 5}`, '1:1023', '1024:65535'])
  return `${not(random)}${random.weighted([
    [5, '--dport'],
    [1, '--sport'],
  ])} ${range}`
}

const multiport: MatchMaker = (random, _scene, protocol) => {
  if (protocol !== 'tcp' && protocol !== 'udp') return null
  const flag = random.pick(['--dports', '--dports', '--sports', '--ports'])
  return `-m multiport ${not(random)}${flag} ${UP_TO[protocol].slice(0, 1 + random.int(4)).join(',')}${random.pick(['', ',20000:40000'])}`
}

const tcpFlags: MatchMaker = (random, _scene, protocol) =>
  protocol === 'tcp' ? random.pick(['--syn', '! --syn', '--tcp-flags SYN,ACK SYN,ACK', '--tcp-flags RST RST']) : null

const icmpType: MatchMaker = (random, { family }, protocol) => {
  const { icmpTypeOption, icmpTypes } = wordsOf(family)
  return protocol === 'icmp' ? `${not(random)}${icmpTypeOption} ${random.pick(icmpTypes)}` : null
}

const ctState: MatchMaker = (random, scene) => {
  const states = random.pick([
    'NEW',
    'ESTABLISHED',
    'RELATED,ESTABLISHED',
    'INVALID',
    'NEW,RELATED',
    'DNAT',
    'SNAT',
    'UNTRACKED',
  ])
  const usable = scene.table === 'raw' ? 'UNTRACKED,INVALID' : states
  return `-m conntrack ${not(random)}--ctstate ${usable}`
}

const state: MatchMaker = (random) =>
  `-m state ${not(random)}--state ${random.pick(['NEW', 'RELATED,ESTABLISHED', 'ESTABLISHED', 'INVALID'])}`

const ctOther: MatchMaker = (random, scene, protocol) => {
  if (scene.table === 'raw') return null
  const options = [
    `${not(random)}--ctorigdst ${place(scene.family, 'nic')}`,
    `${not(random)}--ctorigsrc ${random.pick(places(scene))}`,
    `--ctdir ${random.pick(['ORIGINAL', 'REPLY'])}`,
    `${not(random)}--ctstatus ${random.pick(['SEEN_REPLY', 'CONFIRMED', 'ASSURED'])}`,
    `--ctreplsrc ${random.pick(places(scene))}`,
  ]
  if (protocol === 'tcp' || protocol === 'udp')
    options.push(`--ctproto ${protocol} ${not(random)}--ctorigdstport ${random.pick(UP_TO[protocol])}`)
  return `-m conntrack ${random.pick(options)}`
}

const addrtype: MatchMaker = (random, scene) => {
  const limit = never(scene, 'OUTPUT', 'POSTROUTING', 'FORWARD') ? '' : random.pick(['', '', ' --limit-iface-in'])
  return `-m addrtype ${not(random)}${random.pick(['--dst-type', '--src-type'])} ${random.pick(['LOCAL', 'UNICAST', wordsOf(scene.family).severalTypes, 'UNREACHABLE'])}${limit}`
}

const mark: MatchMaker = (random) => `-m mark ${not(random)}--mark ${random.pick(['0x1', '0x2', '0x10/0xf0', '0x0'])}`

const iprange: MatchMaker = (random, { family }) =>
  `-m iprange ${not(random)}${random.pick(['--src-range', '--dst-range'])} ${random.pick(wordsOf(family).ranges)}`

const mac: MatchMaker = (random, scene) => {
  if (never(scene, 'OUTPUT', 'POSTROUTING')) return null
  const macs = scene.topology.containers.flatMap((container) =>
    container.networks.map((network) => `{mac:${container.name}@${network}}`),
  )
  return `-m mac ${not(random)}--mac-source ${random.pick([...macs, '52:54:00:33:64:c8'])}`
}

const physdev: MatchMaker = (random, scene) => {
  if (!scene.hooks.every((hook) => hook === 'FORWARD' || hook === 'POSTROUTING')) return null
  return `-m physdev ${not(random)}${random.pick(['--physdev-is-bridged', '--physdev-is-in', '--physdev-is-out'])}`
}

const small: MatchMaker = (random, { family }) =>
  random.pick([
    '-m comment --comment "a rule of the user\'s own"',
    '-m comment --comment plain',
    `-m ${random.pick(wordsOf(family).ttlMatch)}`,
    `-m length ${not(random)}--length ${random.pick(['0:100', '84', '40', '1000:65535', '60:'])}`,
    `-m pkttype ${not(random)}--pkt-type ${random.pick(['unicast', 'broadcast', 'multicast'])}`,
    `-m connmark ${not(random)}--mark ${random.pick(['0x0', '0x5'])}`,
  ])

/** firewalld's check of the way back; strongSwan's question whether IPsec has had the packet. */
const guards: MatchMaker = (random, scene) => {
  const first =
    scene.hooks.every((hook) => hook === 'PREROUTING') && (scene.table === 'raw' || scene.table === 'mangle')
  if (first && random.chance(0.6)) return `-m rpfilter${random.pick(['', ' --loose'])}${random.pick(['', ' --invert'])}`
  const dir = never(scene, 'OUTPUT', 'POSTROUTING') ? (never(scene, 'PREROUTING', 'INPUT') ? null : 'out') : 'in'
  return dir === null ? null : `-m policy --dir ${dir} --pol ${random.pick(['none', 'ipsec'])}`
}

const service: MatchMaker = (random) =>
  random.pick([
    `-m tos ${not(random)}--tos ${random.pick(['0x10', '0x0', '0xc0'])}`,
    `-m dscp ${not(random)}--dscp ${random.pick(['0x00', '0x30', '0x04'])}`,
  ])

const MAKERS: readonly (readonly [number, MatchMaker])[] = [
  [6, address],
  [5, device],
  [5, port],
  [2, multiport],
  [1, tcpFlags],
  [2, icmpType],
  [4, ctState],
  [1, state],
  [3, ctOther],
  [2, addrtype],
  [2, mark],
  [2, iprange],
  [1, mac],
  [1, physdev],
  [1, guards],
  [1, service],
  [4, small],
]

/** `--sport` after `-m multiport` would be read as an option of multiport. */
const isPort = (maker: MatchMaker): boolean => maker === port || maker === multiport

/** Returns the matches of one rule, `-p` first: up to three, each kind once, since iptables takes most only once. */
export function generateMatches(random: Random, scene: RuleScene, protocol: RuleProtocol): string {
  const chosen = new Map<MatchMaker, string>()
  const count = random.weighted([
    [1, 0],
    [5, 1],
    [4, 2],
    [2, 3],
  ])
  for (let index = 0; index < count; index += 1) {
    const maker = random.weighted(MAKERS)
    const text = maker(random, scene, protocol)
    if (text !== null && !chosen.has(maker) && !(isPort(maker) && [...chosen.keys()].some(isPort)))
      chosen.set(maker, text)
  }
  const named = protocol === 'icmp' ? wordsOf(scene.family).icmp : protocol
  return [...(named === null ? [] : [`-p ${named}`]), ...chosen.values()].join(' ')
}
