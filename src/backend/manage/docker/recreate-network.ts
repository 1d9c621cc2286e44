import { type JsonRecord, recordOf, recordsOf, textMapOf, textOf } from '../../../core/parse/json-value.ts'
import { reasonOf } from '../../docker/engine-error.ts'
import type { ApiObject } from './api-bodies.ts'
import type { Work } from './change.ts'
import type { DockerCalls } from './docker-calls.ts'
import { isIn } from './listed-container.ts'
import { type KnownEndpoint, knownEndpoints } from './recreate-endpoint.ts'

/** A network as it was, and the containers that were connected to it, running or not. */
export interface KnownNetwork {
  readonly name: string
  readonly body: ApiObject
  readonly endpoints: readonly { readonly container: string; readonly known: KnownEndpoint }[]
}

/** Returns what is needed to make a network again. */
export async function rememberNetwork(
  calls: DockerCalls,
  network: JsonRecord,
  generation: number,
): Promise<KnownNetwork> {
  const name = textOf(network, 'Name') ?? ''
  const listed = await calls.listContainers()
  const connected = listed.filter((one) => isIn(one, name))
  const containers = await Promise.all(connected.map((one) => calls.inspectContainer(textOf(one, 'Id') ?? '')))
  return {
    name,
    body: networkBodyOf(network),
    endpoints: containers.flatMap((container) => {
      const known = knownEndpoints(container, generation).find((one) => one.network === name)
      return known === undefined ? [] : [{ container: nameOf(container), known }]
    }),
  }
}

/** Returns the body that makes a network like the one that `GET /networks/NAME` told of. */
export function networkBodyOf(network: JsonRecord): ApiObject {
  const ipam = recordOf(network, 'IPAM')
  const { Driver, Internal, Attachable, Ingress, EnableIPv6, EnableIPv4, Scope } = network
  return {
    Name: textOf(network, 'Name') ?? '',
    CheckDuplicate: true,
    Driver,
    ...(Scope === 'swarm' ? { Scope } : {}),
    Internal,
    Attachable,
    Ingress,
    EnableIPv6,
    ...(typeof EnableIPv4 === 'boolean' ? { EnableIPv4 } : {}),
    ...('ConfigOnly' in network ? { ConfigOnly: network['ConfigOnly'], ConfigFrom: configFrom(network) } : {}),
    IPAM: {
      Driver: ipam['Driver'],
      Options: textMapOf(ipam, 'Options'),
      Config: recordsOf(ipam, 'Config').map(subnetOf),
    },
    Options: textMapOf(network, 'Options'),
    Labels: textMapOf(network, 'Labels'),
  }
}

/** Docker 20.10 writes a gateway of IPv6 that it chose with its prefix length, and does not take it back like that. */
function subnetOf(config: JsonRecord): ApiObject {
  const { Subnet, IPRange, Gateway, AuxiliaryAddresses, AuxAddress } = config
  const gateway = typeof Gateway === 'string' ? (Gateway.split('/')[0] ?? '') : ''
  const aux = AuxiliaryAddresses ?? AuxAddress
  return {
    Subnet,
    ...(typeof IPRange === 'string' && IPRange !== '' ? { IPRange } : {}),
    ...(gateway === '' ? {} : { Gateway: gateway }),
    ...(aux === undefined || aux === null ? {} : { AuxiliaryAddresses: aux }),
  }
}

function configFrom(network: JsonRecord): JsonRecord | null {
  const from = recordOf(network, 'ConfigFrom')
  return (textOf(from, 'Network') ?? '') === '' ? null : from
}

/**
 * Makes a network again and connects its containers to it. Those hold on to the id of the one that is gone, so they are
 * taken off it first. What cannot be connected is told, one sentence each.
 */
export async function restoreNetwork({ calls }: Work, network: KnownNetwork): Promise<readonly string[]> {
  const notes: string[] = [...(await calls.createNetwork(network.body))]
  for (const { container, known } of network.endpoints) {
    try {
      await calls.disconnect(network.name, container, true).catch(() => undefined)
      await calls.connect(network.name, container, known.asked)
    } catch (error) {
      notes.push(`${container} could not be connected to ${network.name} again: ${reasonOf(error)}`)
    }
  }
  return notes
}

/** A container's name without the slash that the API puts before it. */
export function nameOf(container: JsonRecord): string {
  return (textOf(container, 'Name') ?? '').replace(/^\//, '')
}
