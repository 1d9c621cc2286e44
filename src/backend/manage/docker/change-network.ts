import type { NetworkSpec } from '../../../core/manage/action.ts'
import { textOf } from '../../../core/parse/json-value.ts'
import type { SceneEndpoint } from '../../../core/synth/scene/scene.ts'
import { endpointBody, networkBody } from './api-bodies.ts'
import type { Change, Work } from './change.ts'
import { knownEndpoints, reconnect } from './recreate-endpoint.ts'
import { type KnownNetwork, rememberNetwork, restoreNetwork } from './recreate-network.ts'
import { stopIfCancelled } from './refusal.ts'

/** `docker network create`. */
export async function createNetwork({ calls, signal }: Work, network: NetworkSpec): Promise<Change> {
  const notes = await calls.createNetwork(networkBody(network))
  const { name } = network
  if (signal.aborted) await calls.removeNetwork(name)
  stopIfCancelled(signal)
  const takeBack = async (work: Work): Promise<readonly string[]> => {
    await work.calls.removeNetwork(name)
    return []
  }
  return { did: `network ${name} created`, notes, takeBack }
}

/** `docker network rm`. */
export async function removeNetwork(work: Work, name: string): Promise<Change> {
  const { calls, signal, generation } = work
  const before = await rememberNetwork(calls, await calls.inspectNetwork(name), generation)
  stopIfCancelled(signal)
  await calls.removeNetwork(name)
  if (signal.aborted) await restoreNetwork(work, before)
  stopIfCancelled(signal)
  return { did: `network ${name} removed`, notes: [], takeBack: (later) => restoreNetwork(later, before) }
}

/** `docker network prune -f`. */
export async function pruneNetworks(work: Work): Promise<Change> {
  const { calls, signal, generation } = work
  const networks = (await calls.listNetworks()).filter((one) => !isPredefined(textOf(one, 'Name') ?? ''))
  const before = await Promise.all(networks.map((one) => rememberNetwork(calls, one, generation)))
  stopIfCancelled(signal)
  const gone = await calls.pruneNetworks()
  const restore = (later: Work): Promise<readonly string[]> =>
    restoreAll(
      later,
      before.filter(({ name }) => gone.includes(name)),
    )
  if (signal.aborted) await restore(work)
  stopIfCancelled(signal)
  const what = gone.length === 0 ? 'no network was unused' : `unused networks removed: ${gone.join(', ')}`
  return { did: what, notes: [], takeBack: restore }
}

function isPredefined(name: string): boolean {
  return name === 'bridge' || name === 'host' || name === 'none'
}

async function restoreAll(work: Work, networks: readonly KnownNetwork[]): Promise<readonly string[]> {
  const notes: string[] = []
  for (const network of networks) notes.push(...(await restoreNetwork(work, network)))
  return notes
}

/** `docker network connect`. */
export async function connectContainer(work: Work, container: string, endpoint: SceneEndpoint): Promise<Change> {
  const { calls, signal } = work
  const { network } = endpoint
  await calls.connect(network, container, endpointBody(endpoint))
  if (signal.aborted) await calls.disconnect(network, container)
  stopIfCancelled(signal)
  const takeBack = async (later: Work): Promise<readonly string[]> => {
    await later.calls.disconnect(network, container)
    return []
  }
  return { did: `${container} connected to ${network}`, notes: [], takeBack }
}

/** `docker network disconnect`. */
export async function disconnectContainer(work: Work, container: string, network: string): Promise<Change> {
  const { calls, signal, generation } = work
  const known = knownEndpoints(await calls.inspectContainer(container), generation)
  const before = known.find((one) => one.network === network)
  stopIfCancelled(signal)
  await calls.disconnect(network, container)
  const takeBack = before === undefined ? null : (later: Work) => reconnect(later.calls, container, before)
  if (signal.aborted) await takeBack?.(work)
  stopIfCancelled(signal)
  return { did: `${container} disconnected from ${network}`, notes: [], takeBack }
}
