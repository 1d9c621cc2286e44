import { joinedContainer } from '../../../core/host/joined-container.ts'
import type { Container, DockerNetwork } from '../../../core/host/container.ts'
import type { HostState } from '../../../core/host/host-state.ts'
import type { ImageInfo, ManagerInfo } from '../../../core/manage/inventory.ts'
import type { AppActions } from '../../store/store.ts'
import { byteWords } from '../watch/format-counts.ts'
import { containerActions, imageActions, imageNames, networkActions } from './object-actions.ts'
import type { ObjectRow } from './object-list.tsx'

/** Returns the networks of a host as rows: Docker's own at the end. Without a manager nothing can be done to them. */
export function listNetworks(host: HostState, info: ManagerInfo | null, store: AppActions): readonly ObjectRow[] {
  return host.networks
    .toSorted((left, right) => rank(left) - rank(right) || compare(left.name, right.name))
    .map(
      (network): ObjectRow => ({
        id: network.id,
        object: { kind: 'network', name: network.name },
        title: network.name,
        state: null,
        badge: network.subnets[0]?.prefix ?? '',
        facts: networkFacts(network, host),
        actions: info === null ? [] : networkActions(network, store),
      }),
    )
}

/** Returns the containers of a host as rows: those that run first. */
export function listContainers(host: HostState, info: ManagerInfo | null, store: AppActions): readonly ObjectRow[] {
  return host.containers
    .toSorted((left, right) => Number(isUp(right)) - Number(isUp(left)) || compare(left.name, right.name))
    .map(
      (container): ObjectRow => ({
        id: container.id,
        object: { kind: 'container', name: container.name },
        title: container.name,
        state: container.state,
        badge: portWords(container),
        facts: containerFacts(container),
        actions: info === null ? [] : containerActions(container, info, store),
      }),
    )
}

/** Returns the local images as rows, one for each name. */
export function listImageRows(
  images: readonly ImageInfo[],
  info: ManagerInfo,
  store: AppActions,
): readonly ObjectRow[] {
  return images
    .flatMap((image) => imageNames(image).map((name) => ({ name, image })))
    .toSorted((left, right) => compare(left.name, right.name))
    .map(({ name, image }) => ({
      id: name,
      object: { kind: 'image', name },
      title: name,
      state: null,
      badge: image.bytes > 0 ? byteWords(image.bytes) : '',
      facts: imageFacts(image),
      actions: imageActions(name, info, store),
    }))
}

function imageFacts({ usedBy, exposes }: ImageInfo): string {
  const used = usedBy.length === 0 ? 'unused' : `used by ${usedBy.join(', ')}`
  return [used, exposes.length === 0 ? '' : `exposes ${exposes.join(', ')}`].filter(Boolean).join(' · ')
}

function networkFacts(network: DockerNetwork, host: HostState): string {
  const on = host.containers.filter(({ endpoints }) =>
    endpoints.some(({ networkName }) => networkName === network.name),
  )
  const count = on.length === 0 ? 'empty' : on.length === 1 ? '1 container' : `${on.length} containers`
  const plain = network.driver === 'host' || network.driver === 'null'
  return [plain ? '' : network.driver, count, network.internal ? 'internal' : '', network.ipv6 ? 'IPv6' : '']
    .filter(Boolean)
    .join(' · ')
}

function containerFacts({ image, endpoints, networkMode, state }: Container): string {
  const at = endpoints.map(({ networkName, ipv4, ipv6 }) => [networkName, ipv4 ?? ipv6 ?? ''].filter(Boolean).join(' '))
  const where = at.length > 0 ? at.join(', ') : modeWords(networkMode)
  return [state === 'running' ? '' : state, where, image].filter(Boolean).join(' · ')
}

/** One whose last network was taken away keeps the mode that it was run with. */
function modeWords(mode: string): string {
  return mode === 'host' || joinedContainer(mode) !== null ? `network ${mode}` : 'no network'
}

function portWords({ published }: Container): string {
  const ports = published
    .filter(({ hostPort }) => hostPort !== 0)
    .map((each) => `${each.hostPort}→${each.containerPort}`)
  return [...new Set(ports)].join(' ')
}

function isUp({ state }: Container): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting'
}

function rank({ name }: DockerNetwork): number {
  return name === 'none' ? 3 : name === 'host' ? 2 : name === 'bridge' ? 1 : 0
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
