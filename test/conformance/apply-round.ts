import { ip, setSysctls } from '../lab/world.ts'
import type { Engine } from '../lab/index.ts'
import { forgetMacs } from '../lab/forget-macs.ts'
import { finish, run } from '../lab/run-command.ts'
import type { Built } from './build-topology.ts'
import type { ChainPlan, RoundPlan, RulePlan } from './plan.ts'

/** Lays a round's rules, sysctls and routes over a topology; returns what takes them away. */
export async function applyRound(engine: Engine, built: Built, round: RoundPlan): Promise<() => Promise<void>> {
  const inHost = (...argv: string[]): string[] => ['nsenter', `--net=${engine.netns}`, ...argv]
  const saved = await Promise.all(PROGRAMS.map((program) => run(inHost(`${program}-save`))))
  const sysctls = await readSysctls(engine.netns, Object.keys(round.sysctls))
  let learnAgain: (() => Promise<void>) | null = null
  const undo = async (): Promise<void> => {
    await learnAgain?.()
    for (const [index, program] of PROGRAMS.entries())
      await run(inHost(`${program}-restore`), { stdin: emptyTables(saved[index] ?? '') })
    await setSysctls(engine.netns, sysctls)
    await setUplinkMtu(engine, 1500)
    for (const command of [...round.commands].reverse())
      await finish(inHost('ip', ...built.fill(command.undo).split(' ')))
    await ip(engine.netns, ['route flush cache'])
  }
  try {
    await run(inHost('sh', '-e'), { stdin: ruleScript(built, round) })
    // One at a time, in order: turning ip_forward resets other settings.
    for (const [key, value] of Object.entries(round.sysctls)) await setSysctls(engine.netns, { [key]: value })
    await setUplinkMtu(engine, round.uplinkMtu)
    for (const command of round.commands) await run(inHost('ip', ...built.fill(command.run).split(' ')))
    if (typeof round.forgets === 'string') learnAgain = await forgetMacs(engine, round.forgets)
  } catch (error) {
    await undo()
    throw error
  }
  return undo
}

const PROGRAMS = ['iptables', 'ip6tables'] as const

/** A wire has one MTU: whoever sends more than the other end takes would be sending into the void. */
async function setUplinkMtu({ netns, nic, world }: Engine, mtu: number): Promise<void> {
  const ports = JSON.parse(await run(['nsenter', `--net=${world.netns}`, 'ip', '-j', 'link'])) as { ifname: string }[]
  const own = ports.filter(({ ifname }) => ifname.startsWith('port') || ifname === 'lan0')
  await ip(
    world.netns,
    own.map(({ ifname }) => `link set ${ifname} mtu ${mtu}`),
  )
  await ip(world.clientNetns, [`link set eth0 mtu ${mtu}`])
  await ip(netns, [`link set ${nic} mtu ${mtu}`])
}

function ruleScript(built: Built, { chains, rules }: RoundPlan): string {
  const program = ({ family, table }: ChainPlan | RulePlan): string =>
    `${family === 6 ? 'ip6tables' : 'iptables'} -t ${table}`
  const call = (rule: RulePlan): string =>
    `${program(rule)} ${rule.at === 'insert' ? '-I' : '-A'} ${rule.chain} ${built.fill(rule.spec)}`
  return [...chains.map((chain) => `${program(chain)} -N ${chain.name}`), ...rules.map(call)].join('\n')
}

/** iptables-restore replaces the tables that it is given: those which did not exist before are given as empty. */
function emptyTables(saved: string): string {
  const builtin: Record<string, string> = {
    raw: 'PREROUTING OUTPUT',
    mangle: 'PREROUTING INPUT FORWARD OUTPUT POSTROUTING',
    nat: 'PREROUTING INPUT OUTPUT POSTROUTING',
    filter: 'INPUT FORWARD OUTPUT',
  }
  const missing = Object.entries(builtin).filter(([table]) => !saved.includes(`*${table}\n`))
  const empty = missing.map(([table, chains]) =>
    [`*${table}`, ...chains.split(' ').map((chain) => `:${chain} ACCEPT [0:0]`), 'COMMIT', ''].join('\n'),
  )
  return saved + empty.join('')
}

async function readSysctls(netns: string, keys: readonly string[]): Promise<Record<string, string>> {
  const values: Record<string, string> = {}
  for (const key of keys) values[key] = (await run(['nsenter', `--net=${netns}`, 'cat', `/proc/sys/${key}`])).trim()
  return values
}
