import type { DockerNetwork, Subnet } from '../host/container.ts'
import { type JsonRecord, isRecord, recordOf, recordsOf, textMapOf, textOf } from './json-value.ts'
import type { Parsed } from './problem.ts'

const bridgeName = 'com.docker.network.bridge.name'

/** Reads networks from `GET /networks` or `GET /networks/ID`. */
export function parseNetworks(listed: readonly unknown[]): Parsed<readonly DockerNetwork[]> {
  const networks = listed.filter(isRecord).flatMap(toNetwork)
  const missing = listed.length - networks.length
  const problems = missing === 0 ? [] : [{ message: `${missing} networks have no id or are not JSON objects` }]
  return { value: networks.sort(byName), problems }
}

/** Old engines allow two networks of one name. */
function byName(one: DockerNetwork, other: DockerNetwork): number {
  if (one.name === other.name) return one.id < other.id ? -1 : 1
  return one.name < other.name ? -1 : 1
}

function toNetwork(record: JsonRecord): readonly DockerNetwork[] {
  const id = textOf(record, 'Id')
  if (id === null) return []
  const driver = textOf(record, 'Driver') ?? ''
  const options = textMapOf(record, 'Options')
  return [
    {
      id,
      name: textOf(record, 'Name') ?? id,
      driver,
      scope: textOf(record, 'Scope') ?? 'local',
      internal: record['Internal'] === true,
      attachable: record['Attachable'] === true,
      ingress: record['Ingress'] === true,
      ipv6: record['EnableIPv6'] === true,
      subnets: recordsOf(recordOf(record, 'IPAM'), 'Config').flatMap(toSubnet),
      options,
      labels: textMapOf(record, 'Labels'),
      // dockerd names the device after the id unless it was told a name (drivers/bridge: parseNetworkOptions).
      bridge: driver === 'bridge' ? (options[bridgeName] ?? `br-${id.slice(0, 12)}`) : null,
    },
  ]
}

function toSubnet(record: JsonRecord): readonly Subnet[] {
  const prefix = textOf(record, 'Subnet')
  if (prefix === null) return []
  return [
    {
      family: prefix.includes(':') ? 6 : 4,
      prefix,
      gateway: textOf(record, 'Gateway') || null,
      ipRange: textOf(record, 'IPRange') || null,
    },
  ]
}
