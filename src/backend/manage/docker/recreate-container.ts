import { joinedContainer } from '../../../core/host/joined-container.ts'
import { isRecord, type JsonRecord, recordOf, recordsOf, textOf, textsOf } from '../../../core/parse/json-value.ts'
import { reasonOf } from '../../docker/engine-error.ts'
import { type ApiObject, MAC_SINCE } from './api-bodies.ts'
import type { Work } from './change.ts'
import { type KnownEndpoint, knownEndpoints, reconnect } from './recreate-endpoint.ts'
import { nameOf } from './recreate-network.ts'

/** A container as it was: what makes it again, where it was connected, and what it was doing. */
export interface KnownContainer {
  readonly name: string
  readonly body: ApiObject
  /** Connected once it is made; that of `NetworkMode` is in the body where it had no address to ask for. */
  readonly endpoints: readonly KnownEndpoint[]
  readonly state: 'running' | 'paused' | 'stopped'
  /** Where its ports were published: `80/tcp at 8080`. */
  readonly ports: readonly string[]
}

/** Returns what is needed to make a container again from what `GET /containers/NAME/json` told of it. */
export function knownContainer(container: JsonRecord, generation: number): KnownContainer {
  const host = recordOf(container, 'HostConfig')
  const mode = textOf(host, 'NetworkMode') ?? 'default'
  const endpoints = knownEndpoints(container, generation)
  const main = endpoints.find(({ network }) => network === mainNetwork(mode))
  return {
    name: nameOf(container),
    body: {
      ...configOf(container, mode, generation),
      HostConfig: hostConfigOf(container, host),
      NetworkingConfig: { EndpointsConfig: main === undefined ? {} : { [main.network]: main.asked } },
    },
    endpoints: [...endpoints].sort((one, other) => Number(other === main) - Number(one === main)),
    state: stateOf(recordOf(container, 'State')),
    ports: portsOf(container),
  }
}

function portsOf(container: JsonRecord): readonly string[] {
  const ports = recordOf(recordOf(container, 'NetworkSettings'), 'Ports')
  return Object.keys(ports).flatMap((port) => {
    const places = recordsOf(ports, port).map((binding) => textOf(binding, 'HostPort') ?? '')
    return [...new Set(places)].map((place) => `${port} at ${place}`)
  })
}

/** What the container is in at its start. */
function mainNetwork(mode: string): string {
  return mode === 'default' ? 'bridge' : mode
}

function stateOf(state: JsonRecord): KnownContainer['state'] {
  if (state['Paused'] === true) return 'paused'
  return state['Running'] === true ? 'running' : 'stopped'
}

/** A host name that Docker made of the id is not kept, and one that is another's is not the container's to have. */
function configOf(container: JsonRecord, mode: string, generation: number): ApiObject {
  const { Hostname, MacAddress, ...settings } = recordOf(container, 'Config')
  const config = generation < MAC_SINCE && MacAddress !== undefined ? { ...settings, MacAddress } : settings
  const id = textOf(container, 'Id') ?? ''
  const name = typeof Hostname === 'string' ? Hostname : ''
  const shares = mode === 'host' || joinedContainer(mode) !== null
  const made = name !== '' && id.startsWith(name)
  if (!shares) return made ? config : { ...config, Hostname: name }
  const { ExposedPorts: _ports, ...rest }: JsonRecord = config
  return mode === 'host' ? config : rest
}

/** Anonymous volumes have stayed behind, and are put where they were. */
function hostConfigOf(container: JsonRecord, host: JsonRecord): ApiObject {
  const volumes = recordsOf(container, 'Mounts').filter((mount) => mount['Type'] === 'volume')
  const binds = textsOf(host, 'Binds')
  const told = new Set([
    ...binds.map((bind) => bind.split(':')[1] ?? ''),
    ...recordsOf(host, 'Mounts').map((mount) => textOf(mount, 'Target') ?? ''),
  ])
  const left = volumes.flatMap((mount) => {
    const [name, destination] = [textOf(mount, 'Name') ?? '', textOf(mount, 'Destination') ?? '']
    return name === '' || told.has(destination) ? [] : [`${name}:${destination}`]
  })
  const links = textsOf(host, 'Links').map(askedLink)
  return {
    ...host,
    ...(left.length === 0 ? {} : { Binds: [...binds, ...left] }),
    ...(links.length === 0 ? {} : { Links: links }),
  }
}

/** `/db:/web/store`, as the API tells it, was asked for as `db:store`. */
function askedLink(told: string): string {
  const [target = '', alias = ''] = told.split(':')
  return `${target.replace(/^\//, '')}:${alias.split('/').at(-1) ?? ''}`
}

/**
 * Makes a container again, connects it and sets it going where it went. Fails where it cannot be made or started; it is
 * then not there. What else is other than it was is told, one sentence each.
 */
export async function restoreContainer(work: Work, known: KnownContainer): Promise<readonly string[]> {
  const { calls } = work
  const { name, state } = known
  const { warnings } = await calls.createContainer(name, known.body)
  const notes = [...warnings]
  try {
    if (state !== 'stopped') await calls.act(name, 'start')
    notes.push(...(await reconnectAll(work, known)))
    if (state === 'paused') await calls.act(name, 'pause')
  } catch (error) {
    await calls.removeContainer(name, false).catch(() => undefined)
    throw error
  }
  return notes
}

async function reconnectAll({ calls }: Work, { name, endpoints, ports }: KnownContainer): Promise<readonly string[]> {
  const notes: string[] = []
  const inspected = await calls.inspectContainer(name)
  const moved = portsOf(inspected).filter((place) => !ports.includes(place))
  if (ports.length > 0 && moved.length > 0)
    notes.push(`${name} publishes ${moved.join(', ')} now, before ${ports.join(', ')}`)
  const now = recordOf(recordOf(inspected, 'NetworkSettings'), 'Networks')
  for (const endpoint of endpoints) {
    const has = now[endpoint.network]
    if (isRecord(has) && (endpoint.had.IPv4Address ?? '') === (textOf(has, 'IPAddress') ?? '')) continue
    try {
      if (isRecord(has)) await calls.disconnect(endpoint.network, name)
      notes.push(...(await reconnect(calls, name, endpoint)))
    } catch (error) {
      notes.push(`${name} could not be connected to ${endpoint.network} again: ${reasonOf(error)}`)
    }
  }
  return notes
}
