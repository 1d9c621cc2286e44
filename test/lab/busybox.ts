/**
 * The one image of the lab. No registry can be asked here, so it is imported from a tar.
 */
import { createReadStream } from 'node:fs'
import { apiGet, apiPost } from './api.ts'
import { busyboxTar } from './cache.ts'
import type { Engine } from './engine.ts'
import { onceMore } from './once-more.ts'

export const busyboxImage = 'busybox:local'

/**
 * Imports `busybox:local` into an engine that has not started with it. Through the API rather than the command: the host
 * cannot read the cache.
 */
export function importBusybox({ socket }: Pick<Engine, 'socket'>): Promise<void> {
  return onceMore({ what: `the image ${busyboxImage}`, make: () => importOnce(socket) })
}

async function importOnce(socket: string): Promise<void> {
  const images = (await apiGet(socket, '/images/json')) as { readonly RepoTags: readonly string[] | null }[]
  if (images.some(({ RepoTags }) => RepoTags?.includes(busyboxImage) === true)) return
  const query = new URLSearchParams({ fromSrc: '-', repo: 'busybox', tag: 'local', changes: 'ENV PATH=/bin' })
  await apiPost(socket, `/images/create?${query}`, createReadStream(busyboxTar))
}
