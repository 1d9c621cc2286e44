import type { Container, Endpoint, PublishedPort } from '../host/container.ts'
import { formatPortAsked } from '../host/port-asked.ts'
import { type JsonRecord, isRecord, numberOf, recordOf, textMapOf, textOf, textsOf } from './json-value.ts'
import type { Parsed } from './problem.ts'

/** What the helper knows of a container beyond the API; null where it could not be read. */
export interface ContainerFacts {
  readonly namespace: string | null
  readonly resolvConf: string | null
  readonly hosts: string | null
}

/** The label of Hopwire's own helper containers: they are no part of what is shown. */
export const probeLabel = 'io.hopwire.probe'

/**
 * Reads containers from `GET /containers/ID/json`. `factsOf` adds what the helper read of a running process. Hopwire's
 * own helpers are left out.
 */
export function parseContainers(
  inspected: readonly unknown[],
  factsOf: (pid: number) => ContainerFacts,
): Parsed<readonly Container[]> {
  const records = inspected.filter(isRecord).filter((record) => !(probeLabel in labelsOf(record)))
  const containers = records.flatMap((record) => toContainer(record, factsOf))
  const missing = inspected.length - inspected.filter(isRecord).length
  const problems = missing === 0 ? [] : [{ message: `${missing} containers are not JSON objects` }]
  return { value: containers.sort((a, b) => (a.name < b.name ? -1 : 1)), problems }
}

function labelsOf(record: JsonRecord): Readonly<Record<string, string>> {
  return textMapOf(recordOf(record, 'Config'), 'Labels')
}

function toContainer(record: JsonRecord, factsOf: (pid: number) => ContainerFacts): readonly Container[] {
  const id = textOf(record, 'Id')
  if (id === null) return []
  const state = recordOf(record, 'State')
  const config = recordOf(record, 'Config')
  const network = recordOf(record, 'NetworkSettings')
  const pid = numberOf(state, 'Pid') ?? 0
  return [
    {
      id,
      name: (textOf(record, 'Name') ?? id).replace(/^\//, ''),
      image: textOf(config, 'Image') ?? '',
      state: stateOf(textOf(state, 'Status')),
      pid,
      hostname: textOf(config, 'Hostname') ?? '',
      networkMode: textOf(recordOf(record, 'HostConfig'), 'NetworkMode') ?? 'default',
      endpoints: Object.entries(recordOf(network, 'Networks')).flatMap(([name, value]) => toEndpoint(name, value)),
      published: Object.entries(recordOf(network, 'Ports')).flatMap(([port, value]) => toPublished(port, value)),
      exposed: Object.keys(recordOf(config, 'ExposedPorts')),
      labels: labelsOf(record),
      ...listed('dns', textsOf(recordOf(record, 'HostConfig'), 'Dns')),
      ...listed('asked', pid === 0 ? askedPorts(recordOf(recordOf(record, 'HostConfig'), 'PortBindings')) : []),
      ...(pid === 0 ? { namespace: null, resolvConf: null, hosts: null } : factsOf(pid)),
    },
  ]
}

const states: readonly Container['state'][] = [
  'running',
  'paused',
  'restarting',
  'exited',
  'created',
  'dead',
  'removing',
]

function stateOf(status: string | null): Container['state'] {
  return states.find((state) => state === status) ?? 'exited'
}

function toEndpoint(networkName: string, value: unknown): readonly Endpoint[] {
  if (!isRecord(value)) return []
  const orNull = (key: string): string | null => textOf(value, key) || null
  return [
    {
      network: textOf(value, 'NetworkID') ?? '',
      networkName,
      ipv4: orNull('IPAddress'),
      ipv6: orNull('GlobalIPv6Address'),
      gateway: orNull('Gateway'),
      mac: orNull('MacAddress'),
      // DNSNames exists since Docker 25; before, the aliases were all.
      aliases: [...new Set([...textsOf(value, 'Aliases'), ...textsOf(value, 'DNSNames')])],
      ...listed('links', textsOf(value, 'Links')),
    },
  ]
}

/** A list that most containers do not have is left out where it is empty. */
function listed<K extends string>(key: K, values: readonly string[]): { readonly [P in K]?: readonly string[] } {
  return values.length === 0 ? {} : ({ [key]: values } as { readonly [P in K]?: readonly string[] })
}

/** `"80/tcp": [{"HostIp": "", "HostPort": "8080"}]` as `8080:80/tcp`, as `-p` takes it. */
function askedPorts(bindings: JsonRecord): readonly string[] {
  return Object.entries(bindings).flatMap(([port, value]) =>
    (Array.isArray(value) ? value : []).filter(isRecord).map((binding) => {
      const [address, number] = [textOf(binding, 'HostIp') ?? '', textOf(binding, 'HostPort') ?? '']
      return formatPortAsked(address, number === '0' ? '' : number, port)
    }),
  )
}

/** `"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]`; null where a port is only exposed. */
function toPublished(port: string, value: unknown): readonly PublishedPort[] {
  const [number = '', protocol = 'tcp'] = port.split('/')
  if (!Array.isArray(value) || (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp')) return []
  return value.filter(isRecord).map((binding) => ({
    protocol,
    containerPort: Number(number),
    hostAddress: textOf(binding, 'HostIp') || '0.0.0.0',
    hostPort: Number(textOf(binding, 'HostPort') ?? 0),
  }))
}
