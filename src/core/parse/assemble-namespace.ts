import type { ConntrackEntry } from '../host/conntrack-entry.ts'
import type { Gap } from '../host/host-state.ts'
import type { Interface } from '../host/interface.ts'
import type { NetNamespace } from '../host/namespace.ts'
import type { Rulesets, IptablesTable } from '../host/ruleset.ts'
import { parseBridgeFdb, parseBridgeLink } from './bridge-link.ts'
import { parseConntrack } from './conntrack.ts'
import type { Frame } from './frames.ts'
import { parseIpAddr, type RawInterface } from './ip-addr.ts'
import { parseIpNeigh } from './ip-neigh.ts'
import { parseIpRoute } from './ip-route.ts'
import { parseIpRule } from './ip-rule.ts'
import { parseIpsets } from './ipset.ts'
import { parseIptablesSave } from './iptables-save.ts'
import { nftTableHandles, parseNftRuleset } from './nft-ruleset.ts'
import type { Parsed } from './problem.ts'
import { parseRuleState } from './rule-state.ts'
import { parseSockets } from './sockets.ts'
import { parseSysctls } from './sysctls.ts'

/** The frames of one namespace by command. */
export type FramesByCommand = ReadonlyMap<string, Frame>

/** A namespace with its devices still unpaired. */
export interface RawNamespace {
  readonly namespace: Omit<NetNamespace, 'interfaces' | 'name' | 'containers'>
  readonly interfaces: readonly RawInterface[]
  /** The ids that this namespace gives to others, where it was asked for them: by id the other's inode. */
  readonly netnsIds: ReadonlyMap<number, string> | null
  readonly gaps: readonly Gap[]
}

/** Parses `lsns` lines `INODE NETNSID`; other namespaces than the listed ones have no id here, or no process. */
export function parseNetnsIds(output: string): ReadonlyMap<number, string> {
  const lines = output.split('\n').map((line) => line.trim().split(/\s+/))
  return new Map(lines.filter(([, id]) => /^\d+$/.test(id ?? '')).map(([inode, id]) => [Number(id), inode ?? '']))
}

/** Takes frames apart and notes as gaps what is missing, failed or could not be parsed. */
class GapCollector {
  readonly gaps: Gap[] = []
  readonly #id: string
  readonly #frames: FramesByCommand

  constructor(id: string, frames: FramesByCommand) {
    this.#id = id
    this.#frames = frames
  }

  has(command: string): boolean {
    return this.#frames.has(command)
  }

  /** Returns the output of a command that succeeded, else null after noting a gap. */
  output(command: string, what: string): string | null {
    const frame = this.#frames.get(command)
    if (frame?.exit === 0) return frame.output
    // A signal (128 and more) is a crashed tool: as unreadable as any other failure.
    const why =
      frame === undefined ? `${command} was not read` : `${command} failed (${frame.exit}): ${firstLine(frame)}`
    this.add(what, why)
    return null
  }

  /** Returns what a command printed whatever its exit status, for those that can fail in part. */
  lenient(command: string): string | null {
    return this.#frames.get(command)?.output ?? null
  }

  add(what: string, why: string): void {
    this.gaps.push({ namespace: this.#id, what, why })
  }

  /** Returns the parsed value; each problem becomes a gap. */
  keep<T>(what: string, parsed: Parsed<T>): T {
    for (const problem of parsed.problems) {
      const where = problem.line === undefined ? (problem.path ?? '') : `line ${problem.line}`
      this.add(what, where === '' ? problem.message : `${where}: ${problem.message}`)
    }
    return parsed.value
  }

  /** As `keep`, for a command whose output is taken whole or not at all. */
  parse<T>(command: string, what: string, parser: (text: string) => Parsed<T>): T | null {
    const output = this.output(command, what)
    return output === null ? null : this.keep(what, parser(output))
  }
}

function firstLine(frame: Frame): string {
  return (frame.error.trim() || frame.output.trim()).split('\n')[0] ?? ''
}

/** Assembles one namespace from what the reader printed in it. */
export function assembleNamespace(id: string, frames: FramesByCommand): RawNamespace {
  const reader = new GapCollector(id, frames)
  const entered = frames.get('enter')
  if (entered !== undefined) reader.add('namespace', `could not be entered: ${firstLine(entered)}`)
  const [addr = '', neigh = '', nexthops = ''] = batch(reader, 'ip', 2, ['interfaces', 'neighbors'])
  const [routes4 = '', rules4 = ''] = batch(reader, 'ip-4', 2, ['routes', 'policy-rules'])
  const [routes6 = '', rules6 = ''] = batch(reader, 'ip-6', 2, ['routes', 'policy-rules'])
  const devices = reader.keep('interfaces', parseIpAddr(addr)) ?? []
  const list = <T>(what: string, parsed: Parsed<readonly T[] | null>): readonly T[] => reader.keep(what, parsed) ?? []
  const routes = [
    ...list('routes', parseIpRoute(routes4, 4, nexthops)),
    ...list('routes', parseIpRoute(routes6, 6, nexthops)),
  ]
  const policyRules = [...list('policy-rules', parseIpRule(rules4, 4)), ...list('policy-rules', parseIpRule(rules6, 6))]
  const neighbors = list('neighbors', parseIpNeigh(neigh))
  const fdb = reader.parse('fdb', 'fdb', parseBridgeFdb) ?? []
  const cmdlines = cmdlinesOf(frames)
  const namespace = {
    id,
    routes,
    policyRules,
    neighbors,
    fdb,
    rulesets: readRulesets(reader),
    conntrack: readConntrack(reader),
    sockets: reader.parse('sockets', 'sockets', (text) => parseSockets(text, cmdlines)),
    ...readRuleState(reader),
    sysctls: reader.parse('sysctls', 'sysctls', parseSysctls) ?? {},
  }
  const ids = frames.get('own-netnsids')
  const netnsIds = ids?.exit === 0 ? parseNetnsIds(ids.output) : null
  return { namespace, interfaces: withPorts(reader, devices), netnsIds, gaps: reader.gaps }
}

/**
 * Splits the output of `ip -batch`: one line of JSON a dump. A dump that failed has no line, so with fewer than `least` it
 * is not known which one is missing; nexthop objects, last in their batch, came with Linux 5.3 and may be.
 */
function batch(reader: GapCollector, command: string, least: number, whats: readonly string[]): readonly string[] {
  const lines = (reader.lenient(command) ?? '').split('\n').filter((line) => line !== '')
  if (lines.length >= least) return lines
  for (const what of whats) {
    // An exit status of 0 with lines missing has no message of its own.
    if (reader.output(command, what) !== null) reader.add(what, `${command} gave ${lines.length} of ${least} dumps`)
  }
  return []
}

function withPorts(reader: GapCollector, devices: readonly RawInterface[]): readonly RawInterface[] {
  const ports = reader.parse('bridge-link', 'bridge-ports', parseBridgeLink) ?? []
  const settings = new Map(ports.map((port) => [port.device, port.settings]))
  return devices.map((raw) => {
    const port = settings.get(raw.device.name)
    const device: Interface = port === undefined ? raw.device : { ...raw.device, port }
    return { ...raw, device }
  })
}

function withHandle(table: IptablesTable, handles: ReadonlyMap<string, number>): IptablesTable {
  const handle = handles.get(`${table.family} ${table.name}`)
  return handle === undefined ? table : { ...table, handle }
}

/** A table that was only read in part is as good as unread: its missing rule could be the one that decides. */
function readRulesets(reader: GapCollector): Rulesets {
  const listing = reader.has('nft-text') ? (reader.output('nft-text', 'nft-text') ?? '') : ''
  const sets = reader.parse('ipset', 'ipsets', parseIpsets)
  const before = reader.gaps.length
  const nft = reader.parse('nft', 'nft', (text) => parseNftRuleset(text, listing))
  const nftWhole = reader.gaps.length === before
  const handles = nftTableHandles(reader.lenient('nft') ?? '')
  return { iptables: readIptables(reader, handles), nft: nftWhole ? nft : null, ipsets: sets }
}

const saves = [
  { command: 'iptables-save', family: 'ip', backend: 'nft' },
  { command: 'ip6tables-save', family: 'ip6', backend: 'nft' },
  { command: 'iptables-legacy-save', family: 'ip', backend: 'legacy' },
  { command: 'ip6tables-legacy-save', family: 'ip6', backend: 'legacy' },
] as const

function readIptables(reader: GapCollector, handles: ReadonlyMap<string, number>): Rulesets['iptables'] {
  const tables: IptablesTable[] = []
  const before = reader.gaps.length
  for (const { command, family, backend } of saves) {
    // The reader asks the legacy tools only where the kernel has legacy tables.
    if (backend === 'legacy' && !reader.has(command)) continue
    const output = reader.output(command, 'iptables')
    if (output === null) continue
    const parsed = parseIptablesSave(output, { family, backend })
    const kept = reader.keep('iptables', { value: parsed.tables, problems: parsed.problems })
    tables.push(...(backend === 'nft' ? kept.map((table) => withHandle(table, handles)) : kept))
  }
  return reader.gaps.length === before ? tables : null
}

/** Where no rule could ask for it, it is not read. */
function readRuleState(reader: GapCollector): Pick<NetNamespace, 'ruleState'> {
  if (!reader.has('rule-state')) return {}
  return { ruleState: reader.keep('rule-state', parseRuleState(reader.lenient('rule-state') ?? '')) }
}

function readConntrack(reader: GapCollector): readonly ConntrackEntry[] | null {
  const four = reader.parse('conntrack', 'conntrack', parseConntrack)
  const six = reader.parse('conntrack-6', 'conntrack', parseConntrack)
  return four === null || six === null ? null : [...four, ...six]
}

function cmdlinesOf(frames: FramesByCommand): ReadonlyMap<number, readonly string[]> {
  const entries = [...frames.values()].filter((frame) => frame.command.startsWith('cmdline:') && frame.exit === 0)
  return new Map(entries.map((frame) => [Number(frame.command.slice(8)), frame.output.split('\n')]))
}
