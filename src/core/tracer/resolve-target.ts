import type { Container, Endpoint } from '../host/container.ts'
import type { NameAnswer } from '../host/host-state.ts'
import { canonicalAddress } from '../net/address.ts'
import { findContainer, namespaceOf, unknownContainer } from './find-container.ts'
import { closestNames } from './closest-names.ts'
import { type Found, found, problem } from './flow-problem.ts'
import { findHostAddress, findUplink } from './host-address.ts'
import type { EndSpec } from './parse-end.ts'
import type { PreparedHost } from './prepare-host.ts'
import type { Source } from './resolve-source.ts'

/** The DNS question that had to be asked. `upstream` is set where dockerd passes it on. */
export interface NameLookup {
  readonly name: string
  readonly server: string
  readonly upstream: { readonly server: string; readonly fromHost: boolean } | null
}

/** Where the flow goes. `warning` says what the reader should know about how the name was understood. */
export interface Target {
  readonly address: string
  readonly lookup: NameLookup | null
  readonly warning: string | null
}

/** dockerd's resolver, as containers of user networks see it. */
const EMBEDDED_DNS = '127.0.0.11'

/** Returns the address that an end means to a sender, and the DNS question on the way to it. */
export function resolveTarget(host: PreparedHost, source: Source, spec: EndSpec): Found<Target> {
  switch (spec.kind) {
    case 'host':
      return found(plain(findHostAddress(host.root, familyOf(source))))
    case 'external': {
      const address = spec.address ?? findUplink(host.root, 4)?.gateway ?? null
      return address === null
        ? problem('unknown-endpoint', 'no machine outside is known', 'name one: external:198.51.100.7')
        : found(plain(address))
    }
    case 'address':
      return found(plain(spec.address))
    case 'name':
      return resolveName(host, source, spec.name.replace(/\.$/, ''))
    default:
      return spec satisfies never
  }
}

function familyOf(source: Source): 4 | 6 {
  return source.kind === 'outside' && source.address.includes(':') ? 6 : 4
}

function plain(address: string, warning: string | null = null): Target {
  return { address, lookup: null, warning }
}

function resolveName(host: PreparedHost, source: Source, name: string): Found<Target> {
  const container = source.kind === 'inside' ? source.container : null
  const fromFile = container === null ? null : findInHostsFile(container.hosts, name)
  if (fromFile !== null) return found(plain(fromFile))
  const embedded = container === null ? null : findOnNetworks(host, container, name)
  if (embedded !== null)
    return found({ address: embedded, lookup: { name, server: EMBEDDED_DNS, upstream: null }, warning: null })
  const answer = findAnswer(host, source, name)
  const address = answer?.addresses[0]
  if (answer !== null && address !== undefined)
    return found({
      address,
      lookup: describeLookup(host, container, answer, name),
      warning: warnBorrowed(source, answer, name),
    })
  const named = findContainer(host, name)
  if (named !== null) return resolveContainer(host, source, named, name)
  return unknownName(host, source, name, answer)
}

/** Returns the address that a hosts file gives a name (case does not matter), or null. */
export function findInHostsFile(hosts: string | null, name: string): string | null {
  for (const line of hosts?.split('\n') ?? []) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (address === undefined || !names.some((each) => each.toLowerCase() === name.toLowerCase())) continue
    const canonical = canonicalAddress(address)
    if (canonical !== null && !canonical.includes(':')) return canonical
  }
  return null
}

/** dockerd knows the names of the endpoints of the user networks that the asker is on; the default bridge has none. */
function findOnNetworks(host: PreparedHost, asker: Container, name: string): string | null {
  if (asker.resolvConf !== null && !asker.resolvConf.includes(EMBEDDED_DNS)) return null
  const networks = asker.endpoints.map((endpoint) => endpoint.networkName).filter((each) => each !== 'bridge')
  for (const network of [...networks].sort()) {
    for (const container of host.state.containers) {
      const endpoint = container.endpoints.find((each) => each.networkName === network)
      if (endpoint === undefined || endpoint.ipv4 === null || !isCalled(container, endpoint, name)) continue
      return endpoint.ipv4
    }
  }
  return null
}

function isCalled(container: Container, endpoint: Endpoint, name: string): boolean {
  const wanted = name.toLowerCase()
  const names = [container.name, container.id.slice(0, 12), ...endpoint.aliases]
  return names.some(
    (each) => each.toLowerCase() === wanted || `${each}.${endpoint.networkName}`.toLowerCase() === wanted,
  )
}

/**
 * The answer recorded for the sender's namespace. Where its resolver failed (no answer, as opposed to "no such name"), or
 * was not asked, the host's answer stands in.
 */
function findAnswer(host: PreparedHost, source: Source, name: string): NameAnswer | null {
  const wanted = name.toLowerCase()
  const all = host.state.names.filter((answer) => answer.name.toLowerCase().replace(/\.$/, '') === wanted)
  const own = all.filter((answer) => answer.namespace === source.ns.netns.id)
  const decisive =
    own.find((answer) => answer.addresses.length > 0) ?? own.find((answer) => answer.status === 'NXDOMAIN')
  if (decisive !== undefined) return decisive
  const others = all.filter((answer) => answer.namespace === host.root.netns.id && answer.addresses.length > 0)
  return others[0] ?? own[0] ?? null
}

/** Says so where the address is not the one that the sender's own resolver gave. */
function warnBorrowed(source: Source, answer: NameAnswer, name: string): string | null {
  if (answer.namespace === source.ns.netns.id || source.kind === 'outside') return null
  return `${source.label}'s own resolver gave no answer for ${name} when the host was read; the address is what the host's resolver says.`
}

/** An external name goes to the embedded server first, which asks on; on the default bridge straight to the nameserver. */
function describeLookup(
  host: PreparedHost,
  container: Container | null,
  answer: NameAnswer,
  name: string,
): NameLookup | null {
  const text = container?.resolvConf ?? null
  const server = text === null ? null : (/^\s*nameserver\s+(\S+)/m.exec(text)?.[1] ?? null)
  if (container === null || server === null) return lookupAt(answer.server, name)
  if (server !== EMBEDDED_DNS) return lookupAt(server, name)
  const listed = /ExtServers:\s*\[([^\]]*)\]/.exec(text ?? '')?.[1]?.split(/[\s,]+/)[0]
  const viaHost = /^host\((.+)\)$/.exec(listed ?? '')?.[1]
  const recorded = canonicalAddress(answer.server)
  const upstream = viaHost ?? listed ?? (recorded === EMBEDDED_DNS ? hostServer(host) : recorded)
  return {
    name,
    server: EMBEDDED_DNS,
    upstream: upstream === null || upstream === '' ? null : { server: upstream, fromHost: viaHost !== undefined },
  }
}

function lookupAt(server: string, name: string): NameLookup | null {
  const address = canonicalAddress(server)
  return address === null ? null : { name, server: address, upstream: null }
}

function hostServer(host: PreparedHost): string | null {
  const answer = host.state.names.find((each) => each.namespace === host.root.netns.id)
  return answer === undefined ? null : canonicalAddress(answer.server)
}

/** A container's name that does not resolve where it is used still says which container is meant. */
function resolveContainer(host: PreparedHost, source: Source, target: Container, name: string): Found<Target> {
  const own = source.kind === 'inside' ? (source.container?.endpoints.map((each) => each.network) ?? []) : []
  const endpoint =
    target.endpoints.find((each) => own.includes(each.network) && each.ipv4 !== null) ??
    target.endpoints.find((each) => each.ipv4 !== null || each.ipv6 !== null)
  const address = endpoint?.ipv4 ?? endpoint?.ipv6 ?? null
  const warning = `"${name}" is taken as the container's address: ${source.label} itself could not resolve that name.`
  if (address !== null) return found(plain(address, warning))
  const ns = namespaceOf(host, target)
  if (!ns.ok) return ns
  if (ns.value === host.root) return found(plain(findHostAddress(host.root, 4), warning))
  const shared = host.state.containers.find(
    (each) => each.namespace === target.namespace && each.endpoints.some((e) => e.ipv4 !== null),
  )
  if (shared !== undefined && shared !== target) return resolveContainer(host, source, shared, name)
  return problem('unknown-endpoint', `container "${target.name}" has no address (network ${target.networkMode})`)
}

function unknownName(host: PreparedHost, source: Source, name: string, answer: NameAnswer | null): Found<never> {
  if (answer !== null)
    return problem('unknown-name', `${answer.server} answered ${answer.status} for "${name}"`, 'check the name')
  if (!name.includes('.') && closestNames(name, [...host.containers.keys()]).length > 0)
    return unknownContainer(host, name)
  const near = closestNames(name, [...host.containers.keys()])
  return problem(
    'unknown-name',
    `"${name}" is no container, and the host state holds no answer to it for ${source.label}`,
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : `ask when the host is read: --resolve ${name}, or give its address`,
  )
}
