import type { Container } from '../../../../core/host/container.ts'
import type { HostState, NameAnswer } from '../../../../core/host/host-state.ts'
import type { NetNamespace } from '../../../../core/host/namespace.ts'
import { parseResolvConf } from '../../../../core/host/resolv-conf.ts'
import { canonicalAddress } from '../../../../core/net/address.ts'
import type { Flow } from '../../../../core/trace/flow.ts'
import type { Exchange } from '../../../../core/trace/trace-report.ts'
import { parseEnd } from '../../../../core/tracer/parse-end.ts'
import { planLookup } from '../../../../core/tracer/plan-lookup.ts'
import { prepareHost } from '../../../../core/tracer/prepare-host.ts'
import { resolveSource } from '../../../../core/tracer/resolve-source.ts'
import { findInHostsFile } from '../../../../core/tracer/resolve-target.ts'
import { traceFlow } from '../../../../core/tracer/trace-flow.ts'
import type { Source } from '../../../sources/source.ts'

/** What a name means to a container, or what its resolver would say instead. */
export interface LookedUp {
  readonly addresses: readonly string[]
  readonly status: NameAnswer['status']
  /** The server that was asked last; null where none was. */
  readonly server: string | null
  /** Why there is no address, where the tracer knows better than the resolver. */
  readonly why: string | null
}

/** What a packet met: its way and its answer's, or why that cannot be said. */
export type Sent = { readonly ok: true; readonly exchange: Exchange } | { readonly ok: false; readonly message: string }

/** A container of the sandbox as the commands see it: the scene as it is at this moment. */
export interface ShellPlace {
  readonly state: HostState
  readonly container: Container
  readonly netns: NetNamespace
}

const MOST_QUESTIONS = 16

/** The simulated host behind one shell. It is looked at anew for each command, since the scene changes meanwhile. */
export class ShellWorld {
  readonly #source: Pick<Source, 'load' | 'resolve'>
  readonly #name: string

  constructor(source: Pick<Source, 'load' | 'resolve'>, name: string) {
    this.#source = source
    this.#name = name
  }

  /** Returns where the shell is; null where the container does not run any more. */
  async place(): Promise<ShellPlace | null> {
    const loaded = await this.#source.load()
    if (!loaded.ok) return null
    const state = loaded.value
    const container = state.containers.find(({ name }) => name === this.#name)
    const netns = state.namespaces.find(({ id }) => id === container?.namespace)
    const runs = container?.state === 'running' || container?.state === 'paused'
    return container === undefined || netns === undefined || !runs ? null : { state, container, netns }
  }

  /** Asks as the C library does: an address is itself, then /etc/hosts, then the resolver. */
  async lookUp(place: ShellPlace, name: string): Promise<LookedUp> {
    const address = canonicalAddress(name) ?? findInHostsFile(place.container.hosts, name.replace(/\.$/, ''))
    if (address !== null) return { addresses: [address], status: 'NOERROR', server: null, why: null }
    return this.ask(place, name)
  }

  /** Asks the container's resolver, and looks whether the question and its answer get through. */
  async ask({ state, container, netns }: ShellPlace, name: string): Promise<LookedUp> {
    let known = state
    for (let asked = 0; asked < MOST_QUESTIONS; asked += 1) {
      const host = prepareHost(known)
      const end = parseEnd(this.#name)
      const source = end.kind === 'bad' ? null : resolveSource(host, end)
      if (source?.ok !== true) return failed('SERVFAIL', null)
      const { questions, unasked } = planLookup(host, source.value, name)
      if (unasked === null) {
        const last = questions.at(-1)
        if (last === undefined) return failed('SERVFAIL', null)
        const server = last.servers.at(-1) ?? firstServer(container)
        const lost = this.#lost(known, name)
        if (lost !== null) return { ...failed('TIMEOUT', server), why: lost }
        return { addresses: last.addresses, status: last.status, server, why: last.why }
      }
      const answer = await this.#source.resolve(netns.id, unasked)
      if (!answer.ok) return { ...failed('SERVFAIL', firstServer(container)), why: answer.failure.message }
      known = { ...known, names: [...known.names, answer.value] }
    }
    return failed('SERVFAIL', firstServer(container))
  }

  /** Why no answer of a name server reaches the container; null where one does. */
  #lost(state: HostState, name: string): string | null {
    const traced = traceFlow(state, { from: this.#name, to: name, protocol: 'icmp' })
    if (!traced.ok) return traced.problem.message.startsWith('the answer to') ? traced.problem.message : null
    const main = traced.report.exchanges.find((exchange) => exchange.main)
    return main?.protocol === 'dns' ? main.forward.reason : null
  }

  /** Lets the container send a packet to an address. */
  send({ state }: ShellPlace, flow: Omit<Flow, 'from'>): Sent {
    const traced = traceFlow(state, { ...flow, from: this.#name })
    if (!traced.ok) return { ok: false, message: traced.problem.message }
    const exchange = traced.report.exchanges.find(({ main }) => main)
    if (exchange === undefined) throw new Error('a report without its main exchange')
    return { ok: true, exchange }
  }
}

function failed(status: NameAnswer['status'], server: string | null): LookedUp {
  return { addresses: [], status, server, why: null }
}

function firstServer({ resolvConf }: Container): string | null {
  return parseResolvConf(resolvConf ?? '').nameservers[0] ?? null
}
