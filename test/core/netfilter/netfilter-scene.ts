import { readFileSync } from 'node:fs'
import type { ConntrackEntry } from '../../../src/core/host/conntrack-entry.ts'
import type { NetNamespace } from '../../../src/core/host/namespace.ts'
import type { Hook, IpSet, NftTable } from '../../../src/core/host/ruleset.ts'
import type { RuleState } from '../../../src/core/host/rule-state.ts'
import type { Socket } from '../../../src/core/host/socket.ts'
import { findSocket } from '../../../src/core/forward/find-socket.ts'
import { parseAddress } from '../../../src/core/net/address.ts'
import type { Packet } from '../../../src/core/net/packet.ts'
import { specialRange } from '../../../src/core/net/prefix.ts'
import { compileRulesets } from '../../../src/core/netfilter/compile-rulesets.ts'
import { createConntrackTable } from '../../../src/core/netfilter/conntrack.ts'
import { evaluateHook } from '../../../src/core/netfilter/evaluate-hook.ts'
import type { FibQuery, HookCall, HookOutcome, NetfilterContext, Skb } from '../../../src/core/netfilter/hook.ts'
import { createRuleMemory } from '../../../src/core/netfilter/rule-memory.ts'
import { parseIptablesSave } from '../../../src/core/parse/iptables-save.ts'
import type { Step } from '../../../src/core/trace/step.ts'
import { device } from '../../support/build-host.ts'

/** What a namespace of a test has; everything else is empty. Addresses by device make its local addresses, too. */
export interface SceneParts {
  readonly ip?: string
  readonly legacy?: string
  readonly ip6?: string
  readonly nft?: readonly NftTable[] | null
  readonly ipsets?: readonly IpSet[]
  readonly conntrack?: readonly ConntrackEntry[]
  readonly sysctls?: Readonly<Record<string, string>>
  readonly addresses?: Readonly<Record<string, string>>
  readonly iptablesUnread?: boolean
  readonly sockets?: readonly Socket[]
  readonly ruleState?: RuleState
  readonly kernel?: string
  readonly routes?: FibQuery['routeDevice']
}

/** Returns the text of a rules fixture. */
export function rulesFixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/rules/${name}.rules`, import.meta.url), 'utf8')
}

/** Wraps rules of one table in what iptables-save prints around them. User chains are those that a rule appends to. */
export function table(name: string, rules: readonly string[], policies: Readonly<Record<string, string>> = {}): string {
  const builtIn = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']
  const used = new Set(rules.map((rule) => rule.split(' ')[1] ?? ''))
  for (const rule of rules) for (const jump of rule.matchAll(/-[jg] ([a-z][\w-]*)/g)) used.add(jump[1] ?? '')
  const chains = [...new Set([...builtIn.filter((chain) => chain in policies), ...used])]
  const lines = chains.map(
    (chain) => `:${chain} ${builtIn.includes(chain) ? (policies[chain] ?? 'ACCEPT') : '-'} [0:0]`,
  )
  return [`*${name}`, ...lines, ...rules, 'COMMIT', ''].join('\n')
}

/** A namespace in which hooks can be visited one after another, with the connections that they make. */
export interface Scene {
  readonly context: NetfilterContext
  visit(hook: Hook, what: Packet | Skb, over?: Partial<HookCall>, tried?: boolean): HookOutcome
}

/** Returns a namespace with the given rules. Throws when a rule text has a problem: a test must mean what it says. */
export function scene(parts: SceneParts): Scene {
  const tables = [
    ...parse(parts.ip, 'ip', 'nft'),
    ...parse(parts.legacy, 'ip', 'legacy'),
    ...parse(parts.ip6, 'ip6', 'nft'),
  ]
  const own = new Map(Object.entries(parts.addresses ?? {}).map(([name, ip]) => [ip, name]))
  const netns: NetNamespace = {
    id: '1',
    name: 'host',
    containers: [],
    interfaces: [...own].map(([ip, name], index) =>
      device(index + 1, name, 'physical', {
        addresses: [
          { family: ip.includes(':') ? 6 : 4, address: ip, prefixLength: 24, scope: 'global', primary: true },
        ],
      }),
    ),
    routes: [],
    policyRules: [],
    neighbors: [],
    fdb: [],
    rulesets: {
      iptables: parts.iptablesUnread === true ? null : tables,
      nft: parts.nft === undefined ? [] : parts.nft,
      ipsets: parts.ipsets ?? null,
    },
    conntrack: parts.conntrack ?? [],
    sockets: parts.sockets ?? [],
    ...(parts.ruleState === undefined ? {} : { ruleState: parts.ruleState }),
    sysctls: parts.sysctls ?? {},
  }
  const context: NetfilterContext = {
    netns,
    rules: compileRulesets(netns.rulesets),
    conntrack: createConntrackTable(netns.conntrack),
    memory: createRuleMemory(),
    ...(parts.kernel === undefined ? {} : { kernel: parts.kernel }),
    findListener: (query) => findSocket(netns.sockets ?? [], query),
    fib: {
      addressType: (family, address, limit) => addressType(own, family, address, limit),
      ...(parts.routes === undefined ? {} : { routeDevice: parts.routes }),
      sourceFor: (_family, name) => [...own].find(([, each]) => each === name)?.[0] ?? null,
    },
  }
  return {
    context,
    visit: (hook, what, over = {}, tried = false) => {
      const skb: Skb = 'packet' in what ? what : { packet: what, mark: 0, conntrack: null }
      return evaluateHook(context, { ...NOWHERE, hook, skb, ...over }, { tried })
    },
  }
}

const NOWHERE = {
  inDevice: null,
  outDevice: null,
  physIn: null,
  physOut: null,
  nextHop: null,
  packetType: 'unicast',
} as const

function parse(text: string | undefined, family: 'ip' | 'ip6', backend: 'nft' | 'legacy') {
  const parsed = parseIptablesSave(text ?? '', { family, backend })
  if (parsed.problems.length > 0)
    throw new Error(parsed.problems.map((each) => `${each.line}: ${each.message}`).join('\n'))
  return parsed.tables
}

function addressType(own: ReadonlyMap<string, string>, family: 4 | 6, address: string, limit: string | null) {
  const value = parseAddress(address)?.value ?? 0
  const special = specialRange(family, value)
  const holder = special === 'loopback' ? 'lo' : own.get(address)
  if (holder !== undefined) return limit === null || limit === holder ? 'LOCAL' : 'UNICAST'
  return special === 'multicast' ? 'MULTICAST' : special === 'broadcast' ? 'BROADCAST' : 'UNICAST'
}

const BASE = { ttl: 64, length: 84, dontFragment: true, sourceMac: null, destinationMac: null } as const

/** Returns an ICMP echo request, or ICMPv6 where the addresses are. */
export function ping(src: string, dst: string, id = 7): Packet {
  const family = src.includes(':') ? 6 : 4
  const icmp = { type: family === 4 ? 8 : 128, code: 0, id, sequence: 1 }
  return { ...BASE, family, protocol: family === 4 ? 'icmp' : 'icmpv6', src, dst, icmp }
}

/** Returns a TCP segment between `address port` ends, a SYN unless flags are given. */
export function tcp(from: string, to: string, tcpFlags: Packet['tcpFlags'] = ['syn']): Packet {
  return { ...ends('tcp', from, to), tcpFlags: tcpFlags ?? [] }
}

/** Returns a UDP datagram between `address port` ends. */
export function udp(from: string, to: string): Packet {
  return ends('udp', from, to)
}

function ends(protocol: 'tcp' | 'udp', from: string, to: string): Packet {
  const [src = '', sourcePort] = from.split(' ')
  const [dst = '', destinationPort] = to.split(' ')
  const family = src.includes(':') ? 6 : 4
  return {
    ...BASE,
    family,
    protocol,
    src,
    dst,
    sourcePort: Number(sourcePort),
    destinationPort: Number(destinationPort),
  }
}

/** Returns what the far end sends back: an echo reply, a SYN-ACK, a datagram. */
export function answerTo(packet: Packet): Packet {
  const turned = { ...packet, src: packet.dst, dst: packet.src }
  if (packet.icmp !== undefined) return { ...turned, icmp: { ...packet.icmp, type: packet.family === 4 ? 0 : 129 } }
  const ports = { sourcePort: packet.destinationPort ?? 0, destinationPort: packet.sourcePort ?? 0 }
  return packet.protocol === 'tcp' ? { ...turned, ...ports, tcpFlags: ['syn', 'ack'] } : { ...turned, ...ports }
}

/** Returns an ICMP error about a packet, as a router or host sends it. */
export function errorAbout(quoted: Packet, from: string, to = quoted.src, type = 11): Packet {
  return { ...BASE, family: 4, protocol: 'icmp', src: from, dst: to, icmp: { type, code: 0 }, quoted }
}

/** Returns a packet's ends as `SRC SPORT > DST DPORT`. */
export function endsOf(packet: Packet): string {
  const port = (value: number | undefined): string => (value === undefined ? '' : ` ${value}`)
  return `${packet.src}${port(packet.sourcePort)} > ${packet.dst}${port(packet.destinationPort)}`
}

/** Returns the rules and policies of an outcome as `nat/POSTROUTING masquerade`. */
export function rulesOf(outcome: HookOutcome): readonly string[] {
  return outcome.steps.flatMap((step) => {
    if (step.kind === 'rule') return [`${step.table}/${step.chain} ${step.verdict}`]
    return step.kind === 'policy' ? [`${step.table}/${step.chain} policy ${step.verdict}`] : []
  })
}

/** Returns the conntrack steps of an outcome as `new create`. */
export function trackingOf(outcome: HookOutcome): readonly string[] {
  return outcome.steps.flatMap((step) => (step.kind === 'conntrack' ? [`${step.state} ${step.action}`] : []))
}

/** Returns the steps of one kind. */
export function stepsOf<K extends Step['kind']>(outcome: HookOutcome, kind: K): Extract<Step, { readonly kind: K }>[] {
  return outcome.steps.filter((step): step is Extract<Step, { readonly kind: K }> => step.kind === kind)
}
