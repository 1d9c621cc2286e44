import type { Container } from '../host/container.ts'
import type { NameAnswer } from '../host/host-state.ts'
import { parseResolvConf, type ResolvConf, type Upstream } from '../host/resolv-conf.ts'
import { canonicalAddress } from '../net/address.ts'
import { EMBEDDED_DNS, endpointsOf, findDockerName, isInternal } from './docker-names.ts'
import { type Ended, searchName } from './list-candidates.ts'
import type { PreparedHost } from './prepare-host.ts'
import type { Source } from './resolve-source.ts'

/** The C library asks no more than three servers (resolv.h, MAXNS), dockerd no more either (maxExtDNS). */
const MOST_SERVERS = 3

/** One question that the sender's resolver asks, and the answer to it that is known. */
export interface NameQuestion {
  readonly name: string
  /** The servers that the sender asks, one after the other; the last one's answer counts. */
  readonly servers: readonly string[]
  /** The servers that dockerd passes it on to; empty where it answers by itself. */
  readonly upstreams: readonly Upstream[]
  readonly status: NameAnswer['status']
  readonly addresses: readonly string[]
  /** Why dockerd answers without addresses and without asking anyone. */
  readonly why: string | null
}

/** The questions for one name in their order. `unasked` is the one whose answer is not known: the plan ends before it. */
export interface LookupPlan {
  readonly questions: readonly NameQuestion[]
  readonly unasked: string | null
}

/** A sender inside the host, with the resolver file that it uses. */
interface Asker {
  readonly host: PreparedHost
  readonly namespace: string
  readonly container: Container | null
  readonly conf: ResolvConf | null
  readonly embedded: boolean
}

/** Returns what a sender's resolver asks for a name, as far as the answers are known. Pure. */
export function planLookup(host: PreparedHost, source: Source, written: string): LookupPlan {
  const name = written.replace(/\.$/, '')
  const asker = readAsker(host, source)
  const questions: NameQuestion[] = []
  let unasked: string | null = null
  const conf = asker.conf ?? { search: [], ndots: asker.embedded ? 0 : 1 }
  const search = conf.search.length > 0 ? conf.search : ownDomain(asker)
  searchName(name, written.endsWith('.'), { search, ndots: conf.ndots }, (candidate) => {
    if (unasked !== null) return 'found'
    const question = answerQuestion(asker, candidate)
    if (question === null) unasked = candidate
    else questions.push(question)
    return question === null ? 'found' : endOf(question)
  })
  return { questions, unasked }
}

function readAsker(host: PreparedHost, source: Source): Asker {
  const container = source.kind === 'inside' ? source.container : null
  const text = container === null ? (host.state.resolvConf ?? null) : container.resolvConf
  const conf = source.kind === 'outside' || text === null ? null : parseResolvConf(text)
  const onUserNetwork =
    container !== null && endpointsOf(host, container).some((endpoint) => endpoint.networkName !== 'bridge')
  const embedded = conf === null ? onUserNetwork : container !== null && conf.nameservers.includes(EMBEDDED_DNS)
  return { host, namespace: source.ns.netns.id, container, conf, embedded }
}

/** Without search domains the C library takes the domain of the host's own name (glibc:resolv/res_init.c). */
function ownDomain({ container, conf }: Asker): readonly string[] {
  const domain = conf === null ? null : /^[^.]+\.(.+)$/.exec(container?.hostname ?? '')?.[1]
  return domain === null || domain === undefined ? [] : [domain]
}

function endOf({ status, addresses }: NameQuestion): Ended {
  if (addresses.length > 0) return 'found'
  if (status === 'SERVFAIL') return 'failed'
  return status === 'TIMEOUT' || status === 'REFUSED' ? 'silent' : 'none'
}

function answerQuestion(asker: Asker, name: string): NameQuestion | null {
  const own = asker.embedded ? answerByDocker(asker, name) : null
  if (own !== null) return own
  const recorded = findRecorded(asker, name)
  if (recorded === null) return null
  const { status, addresses } = recorded
  const upstreams = asker.embedded ? listUpstreams(asker, recorded) : []
  return { name, servers: listServers(asker, recorded), upstreams, status, addresses, why: null }
}

/** What dockerd says without passing the question on, or null where it does pass it on. */
function answerByDocker(asker: Asker, name: string): NameQuestion | null {
  const { host, container, conf } = asker
  if (container === null) return null
  const base = { name, servers: [EMBEDDED_DNS], upstreams: [], addresses: [], why: null } as const
  const addresses = findDockerName(host, container, name)
  if (addresses.length > 0) return { ...base, status: 'NOERROR', addresses }
  // dockerd writes `ndots:0` where nobody asked for more.
  if (!name.includes('.') && (conf?.ndots ?? 0) > 0 && conf !== null)
    return { ...base, status: 'NOERROR', why: 'ndots is set, and a name without a dot is not passed on' }
  const servers = conf?.extServers ?? []
  if (servers.length === 0) return null
  const usable = servers.filter((each) => !each.fromHost || hasOutside(asker))
  if (usable.length > 0) return null
  const why = 'all networks of the container are internal, and the host’s name servers are not asked from there'
  return { ...base, status: 'SERVFAIL', why }
}

/** From 26 on dockerd asks servers from the host's namespace only for a container that has a way out of its own. */
function hasOutside({ host, container }: Asker): boolean {
  return container !== null && endpointsOf(host, container).some((endpoint) => !isInternal(host, endpoint))
}

function findRecorded({ host, namespace }: Asker, name: string): NameAnswer | null {
  const wanted = name.toLowerCase()
  const own = host.state.names.filter(
    (answer) => answer.namespace === namespace && answer.name.toLowerCase().replace(/\.$/, '') === wanted,
  )
  return (
    own.find((answer) => answer.addresses.length > 0) ??
    own.find(({ status }) => status === 'NXDOMAIN') ??
    own[0] ??
    null
  )
}

/** The servers up to the one that answered; all of them where none did. */
function listServers({ embedded, conf }: Asker, recorded: NameAnswer): readonly string[] {
  if (embedded) return [EMBEDDED_DNS]
  const answered = canonicalAddress(recorded.server)
  const listed = (conf?.nameservers ?? []).flatMap((each) => canonicalAddress(each) ?? []).slice(0, MOST_SERVERS)
  if (recorded.status === 'TIMEOUT' && listed.length > 0) return listed
  const last = answered === null ? -1 : listed.indexOf(answered)
  return last >= 0 ? listed.slice(0, last + 1) : answered === null ? listed : [answered]
}

/**
 * Returns the servers behind 127.0.0.11: Docker's note in the resolver file (26+), else `--dns`, else the host's. Those on
 * the host's loopback are asked from the host's namespace (moby:libnetwork/resolver.go, HostLoopback).
 */
function listUpstreams(asker: Asker, recorded: NameAnswer): readonly Upstream[] {
  const { host, container, conf } = asker
  const listed = conf?.extServers ?? plain(container?.dns ?? parseResolvConf(host.state.resolvConf ?? '').nameservers)
  const outside = hasOutside(asker)
  const usable = listed.filter((each) => !each.fromHost || outside).slice(0, MOST_SERVERS)
  if (usable.length > 0) return usable
  const stated = canonicalAddress(recorded.server)
  const server = stated === EMBEDDED_DNS ? hostServer(host) : stated
  return server === null ? [] : plain([server])
}

function plain(servers: readonly string[]): readonly Upstream[] {
  return servers.flatMap((each) => {
    const server = canonicalAddress(each)
    return server === null ? [] : [{ server, fromHost: server.startsWith('127.') || server === '::1' }]
  })
}

function hostServer(host: PreparedHost): string | null {
  const answer = host.state.names.find((each) => each.namespace === host.root.netns.id)
  return answer === undefined ? null : canonicalAddress(answer.server)
}

/** Returns the question that a borrowed answer stands in for: the sender's own resolver, told what another one knows. */
export function borrowQuestion(host: PreparedHost, source: Source, borrowed: NameAnswer): NameQuestion {
  const asker = readAsker(host, source)
  const { name, status, addresses } = borrowed
  const upstreams = asker.embedded ? listUpstreams(asker, borrowed) : []
  const servers = asker.embedded ? [EMBEDDED_DNS] : (asker.conf?.nameservers ?? []).slice(0, 1)
  const known = servers.length > 0 ? servers : listServers(asker, borrowed)
  return { name, servers: known, upstreams, status, addresses, why: null }
}
