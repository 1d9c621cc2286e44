import { isRecord, type JsonRecord, numberOf, recordOf, textOf, textsOf } from '../parse/json-value.ts'
import { explainField, listed, memberPath } from './explain-field.ts'
import type { ExplainedField } from './inventory.ts'

/** An endpoint with its network, where that one is known. */
interface Endpoint {
  readonly name: string
  readonly path: string
  readonly settings: JsonRecord
  readonly network: JsonRecord | null
}

/** Explains each endpoint of an inspected container. `networks` are inspected networks; those that are missing leave out little. */
export function explainEndpoints(container: JsonRecord, networks: readonly JsonRecord[]): readonly ExplainedField[] {
  const all = recordOf(recordOf(container, 'NetworkSettings'), 'Networks')
  const endpoints = Object.keys(all).map((name): Endpoint => {
    const network = networks.find((one) => textOf(one, 'Name') === name) ?? null
    return { name, path: memberPath('NetworkSettings.Networks', name), settings: recordOf(all, name), network }
  })
  const isUp = endpoints.some(({ settings }) => (textOf(settings, 'EndpointID') ?? '') !== '')
  const first = isUp ? findDefault(endpoints) : null
  return [...endpoints.flatMap((endpoint) => explainEndpoint(endpoint, first)), ...explainDefault(endpoints, first)]
}

/** moby:libnetwork/sandbox.go getGatewayEndpoint: not internal, the highest priority, the most IP versions, the first name. */
function findDefault(endpoints: readonly Endpoint[]): Endpoint | null {
  const outside = endpoints.filter(
    ({ network, settings }) => network?.['Internal'] !== true && gatewaysOf(settings) > 0,
  )
  const [first] = [...outside].sort(
    (a, b) =>
      priorityOf(b.settings) - priorityOf(a.settings) ||
      gatewaysOf(b.settings) - gatewaysOf(a.settings) ||
      (a.name < b.name ? -1 : 1),
  )
  return first ?? null
}

function priorityOf(settings: JsonRecord): number {
  return numberOf(settings, 'GwPriority') ?? 0
}

function gatewaysOf(settings: JsonRecord): number {
  return [textOf(settings, 'Gateway'), textOf(settings, 'IPv6Gateway')].filter((one) => one !== null && one !== '')
    .length
}

function explainEndpoint(
  { name, path, settings, network }: Endpoint,
  first: Endpoint | null,
): readonly ExplainedField[] {
  const text = (key: string): string => textOf(settings, key) ?? ''
  const asked = recordOf(settings, 'IPAMConfig')
  const address = (key: string, length: string): string =>
    text(key) === '' ? '' : `${text(key)}/${String(settings[length])}`
  const origin = (key: string): string =>
    (textOf(asked, key) ?? '') === ''
      ? 'Docker gave it out of the subnet; it may be another one after the next start'
      : 'it was asked for, and is the same after each start'
  const isDefault = first?.name === name
  return [
    ...explainField(
      `${path}.IPAddress`,
      `Address in ${name}`,
      address('IPAddress', 'IPPrefixLen'),
      origin('IPv4Address'),
    ),
    ...explainField(
      `${path}.GlobalIPv6Address`,
      `IPv6 address in ${name}`,
      address('GlobalIPv6Address', 'GlobalIPv6PrefixLen'),
      origin('IPv6Address'),
    ),
    ...explainAsked(path, name, settings, asked),
    ...explainField(`${path}.Gateway`, `Gateway in ${name}`, text('Gateway'), gatewayWords(network, isDefault)),
    ...explainField(
      `${path}.IPv6Gateway`,
      `IPv6 gateway in ${name}`,
      text('IPv6Gateway'),
      gatewayWords(network, isDefault),
    ),
    ...explainField(
      `${path}.MacAddress`,
      `MAC address in ${name}`,
      text('MacAddress'),
      'of its device in this network',
    ),
    ...explainNames(path, name, settings, network),
    ...explainPriority(path, name, settings),
  ]
}

/** Of a container that does not run only what was asked for is told. */
function explainAsked(path: string, name: string, settings: JsonRecord, asked: JsonRecord): readonly ExplainedField[] {
  if ((textOf(settings, 'EndpointID') ?? '') !== '') return []
  const wanted = [textOf(asked, 'IPv4Address'), textOf(asked, 'IPv6Address')].filter(
    (one) => one !== null && one !== '',
  )
  const value = wanted.length === 0 ? 'connected at the next start' : `${wanted.join(' and ')} at the next start`
  return explainField(
    path,
    `Place in ${name}`,
    value,
    'a container that does not run has no endpoint, and holds no address',
  )
}

function gatewayWords(network: JsonRecord | null, isDefault: boolean): string {
  const route = isDefault ? ': the default route of the container' : ', without being its default route'
  if (network === null) return `the next hop out of this network${route}`
  if (network['Internal'] === true) return 'the address of the bridge; the network is internal, so it leads nowhere'
  const what = textOf(network, 'Driver') === 'bridge' ? 'the address of the bridge on the host' : 'a router of the LAN'
  return `${what}${route}`
}

function explainNames(
  path: string,
  name: string,
  settings: JsonRecord,
  network: JsonRecord | null,
): readonly ExplainedField[] {
  const isDefault = recordOf(network ?? {}, 'Options')['com.docker.network.bridge.default_bridge'] === 'true'
  const plain = name === 'bridge' || isDefault
  return [
    ...explainField(
      `${path}.Aliases`,
      `Aliases in ${name}`,
      listed(textsOf(settings, 'Aliases')),
      plain
        ? 'the default bridge knows no names: they have no effect'
        : 'further names under which the containers of this network find it',
    ),
    ...explainField(
      `${path}.DNSNames`,
      `DNS names in ${name}`,
      listed(textsOf(settings, 'DNSNames')),
      'all the names that the embedded DNS server gives its address for, to containers of this network alone',
    ),
    ...explainField(
      `${path}.Links`,
      `Links in ${name}`,
      listed(textsOf(settings, 'Links')),
      'CONTAINER:ALIAS, names that this container alone may use in this network',
    ),
  ]
}

function explainPriority(path: string, name: string, settings: JsonRecord): readonly ExplainedField[] {
  const priority = priorityOf(settings)
  return explainField(
    `${path}.GwPriority`,
    `Priority of ${name}`,
    priority === 0 ? null : String(priority),
    'the endpoint of the highest one gives the default route',
  )
}

function explainDefault(endpoints: readonly Endpoint[], first: Endpoint | null): readonly ExplainedField[] {
  const isUp = endpoints.some(({ settings }) => (textOf(settings, 'EndpointID') ?? '') !== '')
  if (!isUp || endpoints.every(({ name }) => name === 'host' || name === 'none')) return []
  const path = 'NetworkSettings.Networks'
  if (first === null)
    return explainField(
      path,
      'Default route',
      'none',
      'no network of it leads outside: only its own networks are reached',
    )
  const gateways = [textOf(first.settings, 'Gateway'), textOf(first.settings, 'IPv6Gateway')].filter(Boolean)
  const others = endpoints.length > 1
  const why = !others
    ? 'its only network'
    : priorityOf(first.settings) > 0
      ? 'it has the highest priority'
      : 'of networks of equal priority that are not internal, that of most IP versions, then of the first name'
  return explainField(path, 'Default route', `by ${gateways.join(' and ')} in ${first.name}`, why)
}

/** Returns the JSON objects of a list. */
export function recordsIn(values: readonly unknown[]): readonly JsonRecord[] {
  return values.filter(isRecord)
}
