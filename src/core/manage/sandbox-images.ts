import { digestHex } from '../synth/digest.ts'
import type { Scene } from '../synth/scene/scene.ts'
import { keyed } from './describe-parts.ts'
import { CATALOGUE, findCatalogueImage, withTag } from './image-catalog.ts'
import type { ImageInfo } from './inventory.ts'

/** Returns the images of a sandbox: those of the catalogue, and those that its containers were made of. */
export function listSandboxImages({ containers }: Scene): readonly ImageInfo[] {
  const tags = new Set(CATALOGUE.map(({ tag }) => tag))
  for (const { image } of containers) tags.add(withTag(image ?? 'busybox'))
  return [...tags].map((tag) => {
    const known = findCatalogueImage(tag)
    const users = containers.filter(({ image }) => withTag(image ?? 'busybox') === tag)
    const exposes = known?.exposes ?? [...new Set(users.flatMap((user) => user.exposes ?? []))]
    return {
      id: imageId(tag),
      tags: [tag],
      bytes: known?.bytes ?? 0,
      created: known?.created ?? '2025-10-01T00:00:00Z',
      exposes,
      usedBy: users.map(({ name }) => name),
    }
  })
}

/** Returns an image of a sandbox as `docker image inspect` tells it; null where there is none of that name. */
export function describeImageJson(scene: Scene, name: string): unknown {
  const image = listSandboxImages(scene).find(({ id, tags }) => id === name || tags.includes(withTag(name)))
  if (image === undefined) return null
  return {
    Id: image.id,
    RepoTags: image.tags,
    Created: image.created,
    Size: image.bytes,
    Architecture: 'amd64',
    Os: 'linux',
    Config: { ExposedPorts: keyed(image.exposes, (port) => [port, {}]) },
  }
}

function imageId(tag: string): string {
  return `sha256:${digestHex(`image ${tag}`, 64)}`
}
