import type { ImageInfo } from '../../../core/manage/inventory.ts'
import { type JsonRecord, numberOf, recordOf, textOf } from '../../../core/parse/json-value.ts'
import { statusOf } from '../../docker/engine-error.ts'
import { tagsOf } from './change-image.ts'
import type { DockerCalls } from './docker-calls.ts'
import { listedName } from './listed-container.ts'
import { isOwnContainer, isOwnImage } from './own-objects.ts'

/** Returns all local images, without that of Hopwire's helper. */
export async function listImages(calls: DockerCalls): Promise<readonly ImageInfo[]> {
  const [images, containers] = await Promise.all([calls.listImages(), calls.listContainers()])
  const others = images.filter((image) => !tagsOf(image).some(isOwnImage))
  const theirs = containers.filter((container) => !isOwnContainer(container))
  return Promise.all(others.map((image) => toInfo(calls, image, theirs)))
}

async function toInfo(calls: DockerCalls, image: JsonRecord, containers: readonly JsonRecord[]): Promise<ImageInfo> {
  const id = textOf(image, 'Id') ?? ''
  // It may have gone since it was listed.
  const inspected = await calls
    .inspectImage(id)
    .catch((error: unknown) => (statusOf(error) === 404 ? {} : Promise.reject(error)))
  const made = containers.filter((container) => textOf(container, 'ImageID') === id)
  return {
    id,
    tags: tagsOf(image),
    bytes: numberOf(image, 'Size') ?? 0,
    created: new Date((numberOf(image, 'Created') ?? 0) * 1000).toISOString(),
    exposes: Object.keys(recordOf(recordOf(inspected, 'Config'), 'ExposedPorts')),
    usedBy: made.map(listedName).sort(),
  }
}
