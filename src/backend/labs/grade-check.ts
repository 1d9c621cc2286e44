import type { Container } from '../../core/host/container.ts'
import type { HostState } from '../../core/host/host-state.ts'
import type { Flow } from '../../core/trace/flow.ts'
import { findDockerName } from '../../core/tracer/docker-names.ts'
import { prepareHost } from '../../core/tracer/prepare-host.ts'
import { fillNames, hasAllNames } from './fill-names.ts'
import { type AskTracer, gradeTrace } from './grade-trace.ts'
import type {
  CheckSpec,
  ContainerCheck,
  DeviceCheck,
  NameCheck,
  NetworkCheck,
  PublishedCheck,
  RuleCheck,
} from './lab-page.ts'

/** What is graded: the host as it is, who traces on it, and what the learner has traced since the lab began. */
export interface Graded {
  readonly state: HostState
  readonly ask: AskTracer
  readonly asked: readonly Flow[]
}

/** Null where the check holds; else one sentence that says why not. */
export type Verdict = string | null

/** Grades one check on a host. Never throws. */
export async function gradeCheck(check: CheckSpec, graded: Graded): Promise<Verdict> {
  const { state } = graded
  switch (check.kind) {
    case 'trace': {
      const flow = fillFlow(state, check.flow)
      return flow === null ? missingEnd(check.flow) : gradeTrace(check, flow, graded)
    }
    case 'network':
      return gradeNetwork(check, state)
    case 'container':
      return gradeContainer(check, state)
    case 'published':
      return gradePublished(check, state)
    case 'name':
      return gradeName(check, state)
    case 'rule':
      return gradeRule(check, state)
    case 'device':
      return gradeDevice(check, state)
    default:
      return check satisfies never
  }
}

/** Returns a flow with the host's own addresses in it; null as long as one of them is not there. */
export function fillFlow(state: HostState | null, flow: Flow): Flow | null {
  if (state === null || !hasAllNames(state, `${flow.from} ${flow.to}`)) return null
  return { ...flow, from: fillNames(state, flow.from), to: fillNames(state, flow.to) }
}

function missingEnd({ from, to }: Flow): string {
  const name = /\{\{([^}]+)\}\}/.exec(`${from} ${to}`)?.[1] ?? to
  return `${name} has no address yet.`
}

function gradeNetwork(check: NetworkCheck, { networks }: HostState): Verdict {
  const network = networks.find(({ name }) => name === check.name)
  if (check.absent) return network === undefined ? null : `The network ${check.name} is still there.`
  if (network === undefined) return `There is no network ${check.name}.`
  if (check.driver !== null && network.driver !== check.driver)
    return `${check.name} is a ${network.driver} network, not ${check.driver}.`
  if (check.internal !== null && network.internal !== check.internal)
    return `${check.name} is ${network.internal ? '' : 'not '}internal.`
  return null
}

function gradeContainer(check: ContainerCheck, state: HostState): Verdict {
  const { name } = check
  const container = state.containers.find((each) => each.name === name)
  if (check.absent) return container === undefined ? null : `The container ${name} is still there.`
  if (container === undefined) return `There is no container ${name}.`
  const runs = container.state === 'running' || container.state === 'paused'
  if (check.running !== null && runs !== check.running) return `${name} is ${container.state}.`
  return gradeAttachment(check, container, state)
}

function gradeAttachment(check: ContainerCheck, container: Container, { containers }: HostState): Verdict {
  const { name } = check
  const on = container.endpoints.map(({ networkName }) => networkName)
  const lacking = check.on.find((network) => !on.includes(network))
  if (lacking !== undefined) return `${name} is not on ${lacking}.`
  const left = check.notOn.find((network) => on.includes(network))
  if (left !== undefined) return `${name} is still on ${left}.`
  const { alias } = check
  if (alias !== null && !container.endpoints.some(({ aliases }) => aliases.includes(alias)))
    return `${name} is not called ${alias}.`
  if (check.publishes !== null && container.published.length > 0 !== check.publishes)
    return `${name} has ${check.publishes ? 'no port published' : 'a port published'}.`
  if (check.mode === null) return null
  const shared = containers.find(({ id }) => container.networkMode === `container:${id}`)
  const mode = shared === undefined ? container.networkMode : `container:${shared.name}`
  return mode === check.mode ? null : `The network of ${name} is ${mode}, not ${check.mode}.`
}

function gradePublished(check: PublishedCheck, { containers }: HostState): Verdict {
  const all = containers.flatMap(({ published }) => published)
  const same = all.filter((port) => port.hostPort === check.hostPort && port.containerPort === check.containerPort)
  if (same.length === 0) return `No container has its port ${check.containerPort} published as ${check.hostPort}.`
  if (check.address === null || same.some(({ hostAddress }) => hostAddress === check.address)) return null
  return `It is published on ${same.map(({ hostAddress }) => hostAddress).join(' and ')}, not on ${check.address}.`
}

function gradeName(check: NameCheck, state: HostState): Verdict {
  const from = state.containers.find(({ name }) => name === check.from)
  if (from === undefined || from.namespace === null) return `There is no running container ${check.from}.`
  const found = findDockerName(prepareHost(state), from, check.name)
  if (!check.resolves)
    return found.length === 0 ? null : `For ${check.from}, ${check.name} still means ${found.join(', ')}.`
  if (found.length === 0) return `For ${check.from}, the name ${check.name} means nothing.`
  if (check.addresses === null || found.length === check.addresses) return null
  return `For ${check.from}, ${check.name} has ${found.length} addresses, not ${check.addresses}.`
}

function gradeRule(check: RuleCheck, state: HostState): Verdict {
  const { chain, has, absent } = check
  const tables = state.namespaces[0]?.rulesets.iptables ?? null
  if (tables === null) return 'The rules of the host were not read.'
  const chains = tables.filter(({ family }) => family === 'ip').flatMap((table) => table.chains)
  const named = chains.filter(({ name }) => name === chain)
  const rules = named.flatMap(({ rules: all }) => all.map(({ text }) => text))
  const there = has === null ? named.length > 0 : rules.some((text) => new RegExp(has).test(text))
  if (absent) return there ? `The chain ${chain} still has it.` : null
  if (there) return null
  return named.length === 0 ? `There is no chain ${chain}.` : `The chain ${chain} has no such rule.`
}

function gradeDevice({ device, address }: DeviceCheck, { namespaces }: HostState): Verdict {
  const found = namespaces[0]?.interfaces.find(({ name }) => name === device)
  if (found === undefined) return `The host has no device ${device}.`
  if (address === null || found.addresses.some((each) => each.address === address)) return null
  return `${device} does not have the address ${address}.`
}
