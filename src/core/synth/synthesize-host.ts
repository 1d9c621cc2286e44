import { HOST_STATE_SCHEMA, type HostState, type NameAnswer } from '../host/host-state.ts'
import type { IptablesTable } from '../host/ruleset.ts'
import { describeContainers, describeEngine, describeNetworks } from './describe-docker.ts'
import { containerNamespace } from './namespace/container-namespace.ts'
import { hostNamespace } from './namespace/host-namespace.ts'
import { resolverPorts } from './namespace/make-sockets.ts'
import { hostResolvConf } from './namespace/resolver-files.ts'
import { planScene } from './plan/plan-scene.ts'
import { holdsNamespace } from './plan/holds-namespace.ts'
import type { Plan, PlannedContainer } from './plan/plan.ts'
import type { Refusal } from './address/refusal.ts'
import type { IptablesDraft } from './rules/iptables-draft.ts'
import { writeHostRules } from './rules/write-host-rules.ts'
import { writeResolverRules } from './rules/write-resolver-rules.ts'
import type { Scene } from './scene/scene.ts'

/**
 * Reads what `iptables-save` or `ip6tables-save` prints. This folder writes rules as text and knows no parser: whoever
 * calls passes the one that real hosts are read with, so that both are understood alike.
 */
export type ReadTables = (text: string, family: 'ip' | 'ip6') => readonly IptablesTable[]

export interface SynthesizedHost {
  readonly state: HostState
  /** What Docker would have refused; it is not in the state. */
  readonly refusals: readonly Refusal[]
}

/**
 * Returns the host as Docker would have made it of a scene, whole: namespaces, devices, addresses, routes, rules, sockets,
 * sysctls and resolver files. The same scene always gives the same host.
 */
export function synthesizeHost(scene: Scene, readTables: ReadTables): SynthesizedHost {
  const { plan, refusals } = planScene(scene)
  const owners = plan.containers.filter((container) => holdsNamespace(plan, container))
  const state: HostState = {
    schema: HOST_STATE_SCHEMA,
    origin: 'sandbox',
    capturedAt: '2026-01-01T00:00:00.000Z',
    hostname: scene.host.hostname ?? 'sandbox',
    kernel: '6.1.0',
    engine: describeEngine(plan),
    namespaces: [
      hostNamespace(plan, tablesOf(writeHostRules(plan), readTables)),
      ...owners.map((owner) => containerNamespace(plan, owner, resolverTables(owner, readTables))),
    ],
    containers: describeContainers(plan),
    networks: describeNetworks(plan),
    names: knownNames(plan),
    resolvConf: hostResolvConf(plan),
    gaps: [],
  }
  return { state, refusals }
}

/** Returns the tables of rules that were written, as a reader of them would have them. */
export function tablesOf(draft: IptablesDraft, readTables: ReadTables): readonly IptablesTable[] {
  return (['ip', 'ip6'] as const).flatMap((family) => readTables(draft.save(family), family))
}

function resolverTables(owner: PlannedContainer, readTables: ReadTables): readonly IptablesTable[] {
  return owner.resolver ? tablesOf(writeResolverRules(resolverPorts(owner.scene.name)), readTables) : []
}

/** What each namespace hears of the names that the scene gives to the world outside. */
function knownNames(plan: Plan): readonly NameAnswer[] {
  const names = plan.scene.names ?? []
  const server = plan.scene.host.nameservers?.[0]
  if (server === undefined) return []
  const answer = (namespace: string, asked: string): readonly NameAnswer[] =>
    names.map(({ name, addresses }) => ({ namespace, name, server: asked, status: 'NOERROR', addresses }))
  const inside = plan.containers.filter(({ running, mode }) => running && mode === 'own')
  return [
    ...answer('host', server),
    ...inside.flatMap((container) => {
      const namespace = container.namespace ?? ''
      if (container.gateway !== null) return answer(namespace, container.resolver ? '127.0.0.11' : server)
      const status = plan.generation === 20 ? 'TIMEOUT' : 'SERVFAIL'
      return names.map(({ name }): NameAnswer => ({ namespace, name, server: '127.0.0.11', status, addresses: [] }))
    }),
  ]
}
