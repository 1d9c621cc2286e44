import { generateFlows } from './generate-flows.ts'
import { generateRules } from './generate-rules.ts'
import { generateTopology, HOST_TCP, HOST_UDP, networksOf, type Topology } from './generate-topology.ts'
import type { EngineVariant, RoundPlan, TopologyPlan } from './plan.ts'
import { createRandom, type Random } from './prng.ts'

const ROUNDS = 3
const FLOWS_PER_ROUND = 14

/** What to generate: the same request gives the same plans. */
export interface PlanRequest {
  readonly seed: number
  readonly generation: EngineVariant['generation']
  readonly flows: number
}

/** Makes as many topologies as it takes for that many flows; one in three runs without the userland proxy, two in four with IPv6 on docker0. */
export function generatePlans({ seed, generation, flows }: PlanRequest): TopologyPlan[] {
  const plans: TopologyPlan[] = []
  for (let left = flows; left > 0; left -= ROUNDS * FLOWS_PER_ROUND) {
    const index = plans.length
    const random = createRandom(seed * 1000 + index)
    plans.push(
      generatePlan(random, {
        seed,
        index,
        engine: { generation, userlandProxy: index % 3 !== 1, ipv6: index % 4 > 1 },
        flows: left,
      }),
    )
  }
  return plans
}

interface OnePlan extends Pick<TopologyPlan, 'seed' | 'index' | 'engine'> {
  readonly flows: number
}

function generatePlan(random: Random, { flows, ...common }: OnePlan): TopologyPlan {
  const { engine: _, ...topology } = generateTopology(random, common.engine)
  const rounds: RoundPlan[] = []
  for (let left = flows; left > 0 && rounds.length < ROUNDS; left -= FLOWS_PER_ROUND)
    rounds.push(
      forgetNobody(
        rounds.length,
        generateRound(random, { ...topology, engine: common.engine }, Math.min(left, FLOWS_PER_ROUND)),
      ),
    )
  return { ...common, ...topology, hostTcp: [HOST_TCP], hostUdp: [HOST_UDP], rounds }
}

/** The host forgets after a while that an address of the LAN did not answer: only the first round asks there. */
function forgetNobody(index: number, round: RoundPlan): RoundPlan {
  if (index === 0) return round
  return {
    ...round,
    flows: round.flows.map((flow) => (flow.to === '198.51.100.77' ? { ...flow, to: '203.0.113.9' } : flow)),
  }
}

function generateRound(random: Random, topology: Topology, flows: number): RoundPlan {
  return {
    ...generateRules(random, topology),
    sysctls: generateSysctls(random, topology),
    uplinkMtu: random.chance(0.12) ? 1400 : 1500,
    commands: generateCommands(random, topology),
    flows: generateFlows(random, topology, flows),
    forgets: random.chance(0.25) ? random.pick(['docker0', ...topology.networks.map(({ name }) => name)]) : null,
  }
}

function generateSysctls(random: Random, { networks }: Topology): Record<string, string> {
  const bridge = random.pick(['docker0', ...networks.map((network) => network.name)])
  const sysctls: Record<string, string> = {}
  if (random.chance(0.07)) sysctls['net/ipv4/ip_forward'] = '0'
  if (random.chance(0.15)) sysctls['net/ipv4/conf/all/rp_filter'] = random.pick(['1', '2'])
  if (random.chance(0.08)) sysctls['net/ipv4/conf/ens5/rp_filter'] = '1'
  if (random.chance(0.2)) sysctls['net/bridge/bridge-nf-call-iptables'] = '0'
  if (random.chance(0.1)) sysctls[`net/ipv4/conf/${random.pick([bridge, 'ens5', 'all'])}/route_localnet`] = '1'
  if (random.chance(0.05)) sysctls[`net/ipv4/conf/${bridge}/forwarding`] = '0'
  if (random.chance(0.05)) sysctls['net/ipv4/ip_default_ttl'] = '128'
  if (random.chance(0.07)) sysctls['net/ipv6/conf/all/forwarding'] = '0'
  if (random.chance(0.15)) sysctls['net/bridge/bridge-nf-call-ip6tables'] = '0'
  return sysctls
}

function generateCommands(random: Random, topology: Topology): RoundPlan['commands'] {
  const commands: { run: string; undo: string }[] = []
  const both = (what: string): { run: string; undo: string } => ({
    run: what.replace('VERB', 'add'),
    undo: what.replace('VERB', 'del'),
  })
  if (random.chance(0.12))
    commands.push(
      both(
        `route VERB ${random.pick(['unreachable', 'prohibit', 'blackhole', 'throw'])} ${random.pick(['203.0.113.80', '203.0.113.0/24', '198.51.100.200'])}`,
      ),
    )
  if (random.chance(0.08))
    commands.push(both('route VERB 203.0.113.0/24 via 198.51.100.1 dev ens5 src {nic2} metric 5'))
  if (random.chance(0.1))
    commands.push(
      both(
        `rule VERB priority 100 ${random.pick(['from {net@hw1}', 'iif docker0', 'to 203.0.113.0/24', 'fwmark 0x1'])} ${random.pick(['unreachable', 'prohibit', 'blackhole', 'lookup main'])}`,
      ),
    )
  if (random.chance(0.06)) {
    commands.push(both('route VERB default via 198.51.100.2 dev ens5 table 77'))
    commands.push(both(`rule VERB priority 90 ${random.pick(['from {net@hw2}', 'fwmark 0x2', 'iif hw1'])} lookup 77`))
  }
  return [...commands, ...generateCommands6(random, topology)]
}

function generateCommands6(random: Random, topology: Topology): RoundPlan['commands'] {
  const commands: { run: string; undo: string }[] = []
  const both = (what: string): void =>
    void commands.push({ run: `-6 ${what.replace('VERB', 'add')}`, undo: `-6 ${what.replace('VERB', 'del')}` })
  const refusals = ['unreachable', 'prohibit', 'blackhole']
  if (random.chance(0.1))
    both(
      `route VERB ${random.pick([...refusals, 'throw'])} ${random.pick(['2001:db8:80::80', '2001:db8:80::/64', '2001:db8:51::200'])}`,
    )
  if (random.chance(0.06)) both('route VERB 2001:db8:80::/64 via 2001:db8:51::1 dev ens5 src {6:nic2} metric 5')
  const [net] = networksOf(topology, 6)
  const from = net === undefined ? [] : [`from {6:net@${net}}`]
  if (random.chance(0.08))
    both(
      `rule VERB priority 100 ${random.pick([...from, 'iif docker0', 'to 2001:db8:80::/64', 'fwmark 0x1'])} ${random.pick([...refusals, 'lookup main'])}`,
    )
  return commands
}
