import type { Container } from '../../../../src/core/host/container.ts'
import type { HostState } from '../../../../src/core/host/host-state.ts'
import type { Interface } from '../../../../src/core/host/interface.ts'
import type { NetNamespace } from '../../../../src/core/host/namespace.ts'
import type { IptablesTable } from '../../../../src/core/host/ruleset.ts'

/** Texts that are drawn at random or by the clock, each with the name that stands for it. */
export type Names = ReadonlyMap<string, string>

/** Returns the names for all ids, generated device names, MACs and ports of a host. */
export function namesOf(state: HostState): Names {
  const names = new Map<string, string>()
  for (const { id, name } of state.networks) {
    names.set(`br-${id.slice(0, 12)}`, `<bridge ${name}>`)
    names.set(id, `<network ${name}>`)
  }
  for (const { id, name } of state.containers) {
    names.set(id, `<container ${name}>`)
    names.set(id.slice(0, 12), `<short ${name}>`)
  }
  for (const namespace of state.namespaces) {
    names.set(namespace.id, namespace.name)
    for (const { protocol, address, port } of namespace.sockets ?? [])
      if (address === '127.0.0.11') names.set(String(port), `<${protocol} port>`)
  }
  nameDevices(state, names)
  return names
}

function nameDevices(state: HostState, names: Map<string, string>): void {
  for (const { id, name: where, interfaces } of state.namespaces) {
    for (const device of interfaces) {
      const inside = state.namespaces.find((other) => other.id === device.peer?.namespace)
      const isWire = id === state.namespaces[0]?.id && device.kind === 'veth' && inside !== undefined
      const called = isWire ? `<wire ${inside.name} ${device.peer?.device}>` : device.name
      if (isWire) names.set(device.name, called)
      const known = names.get(device.name) ?? called
      if (isRandom(state, device, id === state.namespaces[0]?.id)) {
        names.set(device.mac ?? '', `<mac ${where} ${known}>`)
        const own = device.addresses.find(({ scope, address }) => scope === 'link' && address !== 'fe80::1')
        if (own !== undefined) names.set(own.address, `<link-local ${where} ${known}>`)
      }
    }
  }
}

/** 20.10 makes the MACs of containers of their addresses, and the scene's card has one; all others are drawn. */
function isRandom({ engine }: HostState, { kind, mac, name }: Interface, isHost: boolean): boolean {
  if (kind === 'loopback' || mac === null || name === 'ens5') return false
  return engine.generation !== 20 || isHost
}

/** Returns a text with everything random named. Longer texts first: an id begins with its short form. */
export function applyNames(text: string, names: Names): string {
  const pattern = patternOf(names)
  return pattern === null ? text : text.replace(pattern, (found) => names.get(found) ?? found)
}

/** Of each host's names, which are asked for with every line. */
const patterns = new WeakMap<Names, RegExp | null>()

function patternOf(names: Names): RegExp | null {
  const known = patterns.get(names)
  if (known !== undefined) return known
  const keys = [...names.keys()].filter((key) => key !== '').sort((a, b) => b.length - a.length)
  const words = keys.map((key) => `(?<![0-9a-f])${escape(key)}(?![0-9a-f])`).join('|')
  const pattern = keys.length === 0 ? null : new RegExp(words, 'g')
  patterns.set(names, pattern)
  return pattern
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** What of a lab's host is no fact about Docker: see README of test/lab. */
const NOT_DOCKERS = [
  // A lab's host is not the machine's first namespace, from which the kernel copies.
  /^ipv4\/(ip_forward$|conf\/[^/]+\/forwarding$)/,
  /^netfilter\/nf_conntrack_(count|max)$/,
]

/**
 * Returns a host as lines, section by section, with everything random named: what two hosts that were made alike have in
 * common. Nothing has been sent yet in either: no neighbours, no connections, no MACs that a bridge has heard of.
 */
export function hostLines(state: HostState): readonly string[] {
  const names = namesOf(state)
  const named = (lines: readonly string[]): readonly string[] => lines.map((line) => applyNames(line, names))
  return [
    ...state.namespaces.flatMap((namespace) => namespaceLines(namespace, named)).sort(byNamespace),
    ...named(state.containers.map((container) => `docker ${containerText(container, state.namespaces[0]?.id)}`)),
    ...named(state.networks.map((network) => `docker ${JSON.stringify(sortKeys(network))}`)),
  ]
}

/** Namespaces are in the order of their ids, which are the kernel's choice. */
function byNamespace(a: string, b: string): number {
  const [one = '', other = ''] = [a.split(' ')[0], b.split(' ')[0]]
  return one < other ? -1 : one > other ? 1 : 0
}

function containerText(container: Container, host: string | undefined): string {
  // Who shares the host's files has those of the machine.
  const hosts = container.namespace === host ? null : container.hosts
  return JSON.stringify(sortKeys({ ...container, hosts, pid: 0, image: '' }))
}

function namespaceLines(
  namespace: NetNamespace,
  named: (lines: readonly string[]) => readonly string[],
): readonly string[] {
  const head = (kind: string, lines: readonly string[]): readonly string[] =>
    lines.map((line) => `${namespace.name} ${kind} ${line}`)
  const sorted = (lines: readonly string[]): readonly string[] => [...named(lines)].sort()
  const isContainer = namespace.name !== 'host'
  const sysctls = Object.entries(namespace.sysctls).filter(
    ([key]) => !NOT_DOCKERS.some((pattern, index) => pattern.test(key) && (isContainer || index > 0)),
  )
  return [
    ...head('device', sorted(namespace.interfaces.map(deviceText))),
    ...head('route', sorted(namespace.routes.map(({ text }) => text))),
    ...head(
      'policy',
      namespace.policyRules.map(({ family, text }) => `${family} ${text}`),
    ),
    ...head('rules', named(rulesText(namespace.rulesets.iptables))),
    ...head(
      'nft',
      (namespace.rulesets.nft ?? []).map((table) => JSON.stringify(table)),
    ),
    ...head('socket', sorted((namespace.sockets ?? []).map(socketText))),
    ...head('sysctl', sorted(sysctls.map(([key, value]) => `${key}=${value}`))),
  ]
}

/** A new address is tentative for a second: the clock's, not Docker's. Numbers of devices are the kernel's choice. */
function deviceText(device: Interface): string {
  const addresses = device.addresses.map((address) => JSON.stringify(sortKeys({ ...address, tentative: undefined })))
  // The lab's card is one end of a wire.
  const kind = device.name === 'ens5' ? 'physical' : device.kind
  return JSON.stringify(sortKeys({ ...device, kind, addresses, index: 0, parentIndex: 0 }))
}

function sortKeys(value: object): object {
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [
        key,
        typeof item === 'object' && item !== null && !Array.isArray(item) ? sortKeys(item) : item,
      ]),
  )
}

function socketText(socket: NonNullable<NetNamespace['sockets']>[number]): string {
  return JSON.stringify({ ...socket, process: socket.process?.name ?? null })
}

/** Tells whether a table has a chain of Docker's or the user's, or decides anything. */
export function hasRules({ chains }: IptablesTable): boolean {
  return chains.some(({ rules, policy }) => rules.length > 0 || policy !== 'ACCEPT')
}

/** A table without a rule is what is left of rules that were there once. */
function rulesText(tables: readonly IptablesTable[] | null): readonly string[] {
  return [...(tables ?? [])]
    .sort((a, b) => (`${a.family} ${a.name}` < `${b.family} ${b.name}` ? -1 : 1))
    .filter(hasRules)
    .flatMap(({ family, name, chains }) =>
      [...chains]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap((chain) => [
          `${family} ${name} :${chain.name} ${chain.policy ?? '-'}`,
          ...chain.rules.map(({ text }) => `${family} ${name} ${text}`),
        ]),
    )
}
