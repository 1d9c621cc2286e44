import type { Container, DockerNetwork, Endpoint, PublishedPort, Subnet } from './container.ts'
import { type EngineInfo, type Gap, HOST_STATE_SCHEMA, type HostState, type NameAnswer } from './host-state.ts'
import type { PeerRef } from './interface.ts'
import type { NetNamespace } from './namespace.ts'
import { address, family, namespaceShape, port, prefix } from './namespace-shapes.ts'
import {
  describeValue,
  flag,
  integer,
  list,
  mapOf,
  nullable,
  object,
  oneOf,
  optional,
  type Report,
  type Shape,
  type ShapeProblem,
  text,
  textThat,
} from './shape.ts'

/** Whether a value is a host state, and if not, all that is wrong with it. */
export type CheckedHostState =
  | { readonly ok: true; readonly state: HostState }
  | { readonly ok: false; readonly problems: readonly ShapeProblem[] }

/**
 * Checks that a value from outside (a saved file) is a host state, whole: every field of every part, and that what refers
 * to a namespace or a device finds it. Another schema is refused without looking further. Whoever gets the state from
 * here may trust it. Never throws.
 */
export function checkHostState(value: unknown): CheckedHostState {
  const schema = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['schema'] : undefined
  if (schema !== HOST_STATE_SCHEMA) {
    const message = `its schema is ${describeValue(schema)}, this Hopwire reads "${HOST_STATE_SCHEMA}"`
    return { ok: false, problems: [{ path: 'schema', message }] }
  }
  const problems: ShapeProblem[] = []
  const report: Report = (path, message) => problems.push({ path, message })
  hostState(value, '', report)
  if (problems.length === 0) checkReferences(value as HostState, report)
  return problems.length === 0 ? { ok: true, state: value as HostState } : { ok: false, problems }
}

const endpoint = object<Endpoint>({
  network: text,
  networkName: text,
  ipv4: nullable(address),
  ipv6: nullable(address),
  gateway: nullable(address),
  mac: nullable(text),
  aliases: list(text),
  links: optional(list(text)),
})

const published = object<PublishedPort>({
  protocol: oneOf('tcp', 'udp', 'sctp'),
  containerPort: port,
  hostAddress: address,
  hostPort: port,
})

const container = object<Container>({
  id: text,
  name: text,
  image: text,
  state: oneOf('running', 'paused', 'restarting', 'exited', 'created', 'dead', 'removing'),
  pid: integer(0),
  hostname: text,
  networkMode: text,
  namespace: nullable(text),
  endpoints: list(endpoint),
  published: list(published),
  exposed: list(text),
  labels: mapOf(text),
  resolvConf: nullable(text),
  hosts: nullable(text),
  dns: optional(list(text)),
  asked: optional(list(text)),
})

const subnet = object<Subnet>({ family, prefix, gateway: nullable(address), ipRange: nullable(text) })

const network = object<DockerNetwork>({
  id: text,
  name: text,
  driver: text,
  scope: text,
  internal: flag,
  attachable: flag,
  ingress: flag,
  ipv6: flag,
  subnets: list(subnet),
  options: mapOf(text),
  labels: mapOf(text),
  bridge: nullable(text),
})

const engine = object<EngineInfo>({
  name: oneOf('docker', 'podman', 'sandbox', 'none'),
  version: text,
  apiVersion: text,
  generation: integer(0),
  rootless: flag,
  userlandProxy: nullable(flag),
})

const nameAnswer = object<NameAnswer>({
  namespace: text,
  name: text,
  server: text,
  status: oneOf('NOERROR', 'NXDOMAIN', 'SERVFAIL', 'TIMEOUT', 'REFUSED'),
  addresses: list(address),
})

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

const hostState: Shape = object<HostState>({
  schema: text,
  origin: oneOf('probe', 'api', 'sandbox'),
  capturedAt: textThat('a time in UTC (ISO 8601)', (value) => timePattern.test(value)),
  hostname: text,
  kernel: text,
  engine,
  namespaces: list(namespaceShape),
  containers: list(container),
  networks: list(network),
  names: list(nameAnswer),
  resolvConf: optional(text),
  gaps: list(object<Gap>({ namespace: nullable(text), what: text, why: text })),
})

function checkReferences(state: HostState, report: Report): void {
  const ids = new Map(state.namespaces.map((namespace) => [namespace.id, namespace]))
  if (state.namespaces.length === 0) report('namespaces', "the host's own namespace is missing")
  if (ids.size !== state.namespaces.length) report('namespaces', 'two of them have the same id')
  const known = (id: string | null, path: string): void => {
    if (id !== null && !ids.has(id)) report(path, `there is no namespace "${id}"`)
  }
  state.containers.forEach(({ namespace }, index) => known(namespace, `containers[${index}].namespace`))
  state.names.forEach(({ namespace }, index) => known(namespace, `names[${index}].namespace`))
  state.gaps.forEach(({ namespace }, index) => known(namespace, `gaps[${index}].namespace`))
  state.namespaces.forEach(({ interfaces }, index) => {
    interfaces.forEach(({ peer, parent }, position) => {
      const path = `namespaces[${index}].interfaces[${position}]`
      checkDevice(ids, peer, `${path}.peer`, report)
      checkDevice(ids, parent ?? null, `${path}.parent`, report)
    })
  })
}

function checkDevice(ids: ReadonlyMap<string, NetNamespace>, ref: PeerRef | null, path: string, report: Report): void {
  if (ref === null) return
  const there = ids.get(ref.namespace)
  if (there === undefined) report(path, `there is no namespace "${ref.namespace}"`)
  else if (!there.interfaces.some(({ name }) => name === ref.device))
    report(path, `there is no device "${ref.device}" in ${there.name}`)
}
