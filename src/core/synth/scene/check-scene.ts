import { parseAddress } from '../../net/address.ts'
import { parsePrefix } from '../../net/prefix.ts'
import {
  describeValue,
  flag,
  integer,
  list,
  mapOf,
  object,
  oneOf,
  optional,
  type Report,
  type Shape,
  type ShapeProblem,
  text,
  textThat,
} from '../../host/shape.ts'
import { parseUserCommand } from '../rules/apply-user-rules.ts'
import { checkReferences } from './check-references.ts'
import { parseListen, parsePortSpec } from './port-spec.ts'
import {
  type AddressPool,
  type DaemonOptions,
  SCENE_SCHEMA,
  type Scene,
  type SceneContainer,
  type SceneEndpoint,
  type SceneEngine,
  type SceneHost,
  type SceneMemory,
  type SceneName,
  type SceneNetwork,
  type SceneNic,
  type SceneRoute,
  type SceneRule,
  type SceneSubnet,
} from './scene.ts'

/** Whether a value is a scene, and if not, all that is wrong with it. */
export type CheckedScene =
  | { readonly ok: true; readonly scene: Scene }
  | { readonly ok: false; readonly problems: readonly ShapeProblem[] }

/**
 * Checks that a value from outside (a file) is a scene: every field, and that names refer to what is there. Whether Docker
 * would accept it (addresses that are taken, subnets that overlap) is planScene's to say. Never throws.
 */
export function checkScene(value: unknown): CheckedScene {
  const schema = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['schema'] : undefined
  if (schema !== SCENE_SCHEMA) {
    const message = `its schema is ${describeValue(schema)}, this Hopwire reads "${SCENE_SCHEMA}"`
    return { ok: false, problems: [{ path: 'schema', message }] }
  }
  const problems: ShapeProblem[] = []
  const report: Report = (path, message) => problems.push({ path, message })
  scene(value, '', report)
  if (problems.length === 0) checkReferences(value as Scene, report)
  return problems.length === 0 ? { ok: true, scene: value as Scene } : { ok: false, problems }
}

const isPrefix = (value: string): boolean => value.includes('/') && (parsePrefix(value)?.length ?? null) !== null
const address = textThat('an IP address', (value) => parseAddress(value) !== null)
const prefix = textThat('a prefix (10.0.0.0/8)', isPrefix)
const name = textThat('a name (letters, digits, _ . -)', (value) => /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(value))
/** The shape of a container's name. */
export const containerName: Shape = textThat('a name of two characters or more', (value) =>
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(value),
)
const device = textThat('a device name', (value) => /^[^\s/]{1,15}$/.test(value))
const mac = textThat('a MAC address', (value) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(value))
const port = textThat('a port as for docker run -p', (value) => parsePortSpec(value) !== null)
const listen = textThat('ADDRESS:PORT/PROTOCOL', (value) => parseListen(value) !== null)
const variable = textThat('NAME=VALUE', (value) => /^[^=\s][^=]*=/.test(value) && !value.includes('\0'))
const exposed = textThat('PORT/PROTOCOL', (value) => /^\d{1,5}\/(tcp|udp|sctp)$/.test(value))

const pool = object<AddressPool>({ base: prefix, size: integer(1, 128) })

const daemonOptions = object<DaemonOptions>({
  'userland-proxy': optional(flag),
  icc: optional(flag),
  iptables: optional(flag),
  ip6tables: optional(flag),
  'ip-forward': optional(flag),
  'ip-forward-no-drop': optional(flag),
  'ip-masq': optional(flag),
  ipv6: optional(flag),
  bip: optional(prefix),
  'fixed-cidr': optional(prefix),
  'fixed-cidr-v6': optional(prefix),
  'default-address-pools': optional(list(pool)),
  mtu: optional(integer(68, 65535)),
  dns: optional(list(address)),
  'dns-search': optional(list(text)),
  ip: optional(address),
  experimental: optional(flag),
  'allow-direct-routing': optional(flag),
})

const route = object<SceneRoute>({
  to: textThat('a prefix or "default"', (value) => value === 'default' || isPrefix(value)),
  via: optional(address),
  metric: optional(integer(0)),
})

const nic = object<SceneNic>({
  name: device,
  mac: optional(mac),
  mtu: optional(integer(68, 65535)),
  addresses: list(prefix),
  routes: optional(list(route)),
})

const host = object<SceneHost>({
  hostname: optional(name),
  nics: list(nic),
  nameservers: optional(list(address)),
  bridgeNetfilter: optional(flag),
  forwarding: optional(flag),
  listens: optional(list(listen)),
})

const subnet = object<SceneSubnet>({
  subnet: prefix,
  gateway: optional(address),
  ipRange: optional(prefix),
  aux: optional(mapOf(address)),
})

/** The shape of one network of a scene. */
export const network: Shape = object<SceneNetwork>({
  name,
  driver: optional(oneOf('bridge', 'macvlan', 'ipvlan')),
  subnets: optional(list(subnet)),
  ipv4: optional(flag),
  ipv6: optional(flag),
  internal: optional(flag),
  attachable: optional(flag),
  options: optional(mapOf(text)),
  labels: optional(mapOf(text)),
})

/** The shape of an endpoint. */
export const endpoint: Shape = object<SceneEndpoint>({
  network: name,
  aliases: optional(list(text)),
  ipv4: optional(address),
  ipv6: optional(address),
  mac: optional(mac),
  priority: optional(integer()),
  links: optional(list(text)),
})

/** What a container of a scene has, field by field. */
export const containerFields = {
  name: containerName,
  image: optional(text),
  state: optional(oneOf('running', 'paused', 'created', 'exited')),
  hostname: optional(text),
  networkMode: optional(textThat('host, none or container:NAME', (value) => /^(host|none|container:.+)$/.test(value))),
  networks: optional(list(endpoint)),
  ports: optional(list(port)),
  exposes: optional(list(exposed)),
  listens: optional(list(listen)),
  dns: optional(list(address)),
  dnsSearch: optional(list(text)),
  extraHosts: optional(list(textThat('NAME:ADDRESS', (value) => /^[^:]+:.+$/.test(value)))),
  command: optional(list(text)),
  env: optional(list(variable)),
  labels: optional(mapOf(text)),
}

const container = object<SceneContainer>(containerFields)

const call = textThat('a call of iptables', (command) => parseUserCommand({ command }) !== null)
const rule = object<SceneRule>({ family: optional(oneOf(4, 6)), command: call })

const memory = object<SceneMemory>({
  nextSubnet: optional(integer(0)),
  forwardsSix: optional(flag),
  subnets: optional(mapOf(list(prefix))),
  addresses: optional(mapOf(list(address))),
  ports: optional(mapOf(list(integer(0, 65535)))),
  devices: optional(mapOf(integer(0))),
  nextDevices: optional(mapOf(integer(0))),
  modes: optional(mapOf(text)),
  born: optional(mapOf(text)),
  order: optional(list(text)),
  wired: optional(list(text)),
  hosts: optional(mapOf(list(address))),
  resolvers: optional(list(text)),
  inside: optional(mapOf(text)),
  named: optional(list(text)),
  inward: optional(list(text)),
  tried: optional(mapOf(list(text))),
  gone: optional(mapOf(list(text))),
})

const scene: Shape = object<Scene>({
  schema: text,
  name: text,
  description: optional(text),
  engine: object<SceneEngine>({
    generation: oneOf(20, 28, 29),
    installed: optional(flag),
    options: optional(daemonOptions),
  }),
  host,
  networks: list(network),
  containers: list(container),
  rules: optional(list(rule)),
  names: optional(list(object<SceneName>({ name: text, addresses: list(address) }))),
  memory: optional(memory),
})
