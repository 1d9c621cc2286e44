import type { Readable } from 'node:stream'
import type { DockerAnswers } from '../../core/parse/assemble-host-state.ts'
import { statusOf } from './engine-error.ts'

/** The engine's calls by which a host is read and followed. They reject with the engine's own errors. */
export interface HostCalls {
  /** Everything that the API tells about containers (all of them) and networks. */
  answers(): Promise<DockerAnswers>
  /** The records of some containers or networks by id; null for one that is no more. */
  containers(ids: readonly string[]): Promise<ReadonlyMap<string, unknown>>
  networks(ids: readonly string[]): Promise<ReadonlyMap<string, unknown>>
  /** Its events from now on, one JSON object a line. */
  events(): Promise<Readable>
  /** Settles when the engine answers. */
  ping(signal: AbortSignal): Promise<void>
}

interface Inspectable {
  inspect(): Promise<unknown>
}

/** The part of dockerode that this takes. */
export interface RawHostDocker {
  info(): Promise<unknown>
  listContainers(options: { readonly all: true }): Promise<readonly { readonly Id: string }[]>
  listNetworks(): Promise<readonly unknown[]>
  getContainer(id: string): Inspectable
  getNetwork(id: string): Inspectable
  getEvents(options: object): Promise<NodeJS.ReadableStream>
  ping(options: { readonly abortSignal: AbortSignal }): Promise<unknown>
}

/** Returns the calls to an engine whose version has been asked. */
export function createHostCalls(docker: RawHostDocker, version: unknown): HostCalls {
  const inspect = (from: (id: string) => Inspectable, ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => [id, await inspectOrNothing(from(id))] as const)).then((found) => new Map(found))
  const containers = (ids: readonly string[]) => inspect((id) => docker.getContainer(id), ids)
  return {
    answers: async () => {
      const [info, listed, networks] = await Promise.all([
        docker.info(),
        docker.listContainers({ all: true }),
        docker.listNetworks(),
      ])
      const inspected = await containers(listed.map(({ Id }) => Id))
      return { version, info, containers: [...inspected.values()].filter((one) => one !== null), networks }
    },
    containers,
    networks: (ids) => inspect((id) => docker.getNetwork(id), ids),
    events: async () => (await docker.getEvents({})) as Readable,
    ping: async (signal) => void (await docker.ping({ abortSignal: signal })),
  }
}

/** What was listed, or told by an event, may have gone since. */
async function inspectOrNothing(one: Inspectable): Promise<unknown> {
  return one.inspect().catch((error) => (statusOf(error) === 404 ? null : Promise.reject(error)))
}
