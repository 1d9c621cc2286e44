import type { Container } from '../host/container.ts'
import type { NameAnswer } from '../host/host-state.ts'
import { canonicalAddress, isLinkLocal } from '../net/address.ts'
import { findContainer, namespaceOf, unknownContainer } from './find-container.ts'
import { closestNames } from './closest-names.ts'
import { findDockerName } from './docker-names.ts'
import { type FlowProblem, type Found, found, problem } from './flow-problem.ts'
import { findHostAddress, findUplink } from './host-address.ts'
import type { EndSpec } from './parse-end.ts'
import { borrowQuestion, type NameQuestion, planLookup } from './plan-lookup.ts'
import type { PreparedHost } from './prepare-host.ts'
import type { Source } from './resolve-source.ts'

/**
 * Where the flow goes, and the questions that its sender asks for that. `address` is null for a name that gets none:
 * `problem` says so in words. `warning` says what the reader should know about how the name was understood.
 */
export type Target = {
  readonly questions: readonly NameQuestion[]
  readonly warning: string | null
  /** The sender's device towards a link-local address. */
  readonly link?: string
} & ({ readonly address: string; readonly problem: null } | { readonly address: null; readonly problem: FlowProblem })

/** How the warning ends that comes with a name which means a container to Hopwire, and nothing to the sender. */
export const NOT_RESOLVED = 'itself could not resolve that name.'

/** Returns the address that an end means to a sender, and the DNS question on the way to it. */
export function resolveTarget(host: PreparedHost, source: Source, spec: EndSpec): Found<Target> {
  switch (spec.kind) {
    case 'host':
      return found(plain(findHostAddress(host.root, familyOf(source))))
    case 'external': {
      const address = spec.address ?? findUplink(host.root, 4)?.gateway ?? null
      return address === null
        ? problem('unknown-endpoint', 'no machine outside is known', 'name one: external:198.51.100.7')
        : resolveAddress(source, address, spec.link)
    }
    case 'address':
      return resolveAddress(source, spec.address, spec.link)
    case 'name':
      return resolveName(host, source, spec.name)
    default:
      return spec satisfies never
  }
}

/** A link-local address is meant on the sender's side: a machine outside knows only the link that it is on. */
function resolveAddress(source: Source, address: string, link: string | undefined): Found<Target> {
  if (!isLinkLocal(address)) return found(plain(address))
  if (source.kind === 'outside') {
    if (link === undefined || link === source.device) return found(plain(address))
    return problem('bad-flow', `${source.label} is on the link of ${source.device}, not of ${link}`)
  }
  const [first] = source.ns.netns.interfaces.filter(({ kind }) => kind !== 'loopback')
  if (link === undefined)
    return problem('bad-flow', `${address} may be on any link`, `name the device: ${address}%${first?.name ?? 'eth0'}`)
  if (!source.ns.index.interfaces.has(link)) return problem('unknown-endpoint', `${source.label} has no device ${link}`)
  return found({ ...plain(address), link })
}

function familyOf(source: Source): 4 | 6 {
  return source.kind === 'outside' && source.address.includes(':') ? 6 : 4
}

function plain(address: string, warning: string | null = null): Target {
  return { address, questions: [], warning, problem: null }
}

/**
 * A name means what the sender's resolver makes of it: its hosts file, then the questions that it asks. Where the answer is
 * not known, or nobody gave one, the host's answer stands in, then the container of that name; both with a warning.
 */
function resolveName(host: PreparedHost, source: Source, written: string): Found<Target> {
  const name = written.replace(/\.$/, '')
  const container = source.kind === 'inside' ? source.container : null
  const fromFile = container === null ? null : findInHostsFile(container.hosts, name)
  if (fromFile !== null) return found(plain(fromFile))
  const { questions, unasked } = planLookup(host, source, written)
  const last = questions.at(-1)
  const address = last?.addresses.find((each) => !each.includes(':')) ?? last?.addresses[0]
  if (last !== undefined && address !== undefined)
    return found({ address, questions, warning: warnSeveral(last), problem: null })
  const silent = unasked !== null || questions.every(({ status }) => status === 'TIMEOUT')
  const borrowed = silent ? findBorrowed(host, name) : null
  if (borrowed !== null) return found(borrow(host, source, borrowed, unasked === null ? questions : []))
  const named = findContainer(host, name)
  if (named !== null) return resolveContainer(host, source, named, name)
  const failure = unasked === null && last !== undefined ? noAddress(host, questions, last) : null
  if (failure === null) return unknownName(host, source, name)
  return found({ address: null, questions, warning: null, problem: failure })
}

/**
 * Returns the name that the sender's resolver asks next and to which no answer is known, or null: the flow has no name, its
 * name is settled, or it is a container's that nobody needs to be asked about.
 */
export function findUnasked(host: PreparedHost, source: Source, spec: EndSpec): string | null {
  if (spec.kind !== 'name') return null
  const name = spec.name.replace(/\.$/, '')
  if (source.kind === 'inside' && findInHostsFile(source.container?.hosts ?? null, name) !== null) return null
  const { questions, unasked } = planLookup(host, source, spec.name)
  if (unasked === null) return null
  const container = source.kind === 'inside' ? source.container : null
  const known = container !== null && findDockerName(host, container, name).length > 0
  const meant = questions.length === 0 && findContainer(host, name) !== null && findBorrowed(host, name) === null
  return meant && !known ? null : unasked
}

function warnSeveral({ name, addresses, upstreams }: NameQuestion): string | null {
  if (addresses.length < 2) return null
  const who = upstreams.length === 0 ? 'Docker and the C library change their order' : 'their order may change'
  return `${name} has ${addresses.length} addresses (${addresses.join(', ')}): ${who}; the first is taken here.`
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

/** The host's answer stands in for a sender that was not asked, or whose resolver said nothing when it was. */
function findBorrowed(host: PreparedHost, name: string): NameAnswer | null {
  const wanted = name.toLowerCase()
  const all = host.state.names.filter((answer) => answer.name.toLowerCase().replace(/\.$/, '') === wanted)
  return all.find((answer) => answer.namespace === host.root.netns.id && answer.addresses.length > 0) ?? null
}

function borrow(host: PreparedHost, source: Source, answer: NameAnswer, own: readonly NameQuestion[]): Target {
  const questions = own.length > 0 ? own : [borrowQuestion(host, source, answer)]
  const elsewhere = answer.namespace !== source.ns.netns.id && source.kind !== 'outside'
  const warning = elsewhere
    ? `${source.label}'s own resolver gave no answer for ${answer.name} when the host was read; the address is what the host's resolver says.`
    : null
  return { address: answer.addresses[0] ?? '', questions, warning, problem: null }
}

/** What the sender is told instead of an address, by the server that it asked last. */
function noAddress(host: PreparedHost, questions: readonly NameQuestion[], last: NameQuestion): FlowProblem {
  const names = questions.map((question) => `"${question.name}"`).join(', then for ')
  const server = last.servers.at(-1) ?? 'no server'
  const status = last.status === 'NOERROR' ? 'without an IPv4 address' : last.status
  const said = last.status === 'TIMEOUT' ? `${server} gave no answer` : `${server} answered ${status}`
  const why = last.why === null ? '' : ` (${last.why})`
  const near = last.name.includes('.') ? [] : closestNames(last.name, [...host.containers.keys()])
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'check the name'
  return { code: 'unknown-name', message: `${said} for ${names}${why}`, hint }
}

/** A container's name that does not resolve where it is used still says which container is meant. */
function resolveContainer(host: PreparedHost, source: Source, target: Container, name: string): Found<Target> {
  const own = source.kind === 'inside' ? (source.container?.endpoints.map((each) => each.network) ?? []) : []
  const endpoint =
    target.endpoints.find((each) => own.includes(each.network) && each.ipv4 !== null) ??
    target.endpoints.find((each) => each.ipv4 !== null || each.ipv6 !== null)
  const address = endpoint?.ipv4 ?? endpoint?.ipv6 ?? null
  const warning = `"${name}" is taken as the container's address: ${source.label} ${NOT_RESOLVED}`
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

function unknownName(host: PreparedHost, source: Source, name: string): Found<never> {
  const near = closestNames(name, [...host.containers.keys()])
  if (!name.includes('.') && near.length > 0) return unknownContainer(host, name)
  return problem(
    'unknown-name',
    `"${name}" is no container, and the host state holds no answer to it for ${source.label}`,
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : `ask when the host is read: --resolve ${name}, or give its address`,
  )
}
