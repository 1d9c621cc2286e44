import { explainContainer } from '../../../core/manage/explain-container.ts'
import { explainImage } from '../../../core/manage/explain-image.ts'
import { explainNetwork } from '../../../core/manage/explain-network.ts'
import type { Inspected, ObjectKind } from '../../../core/manage/inventory.ts'
import { type JsonRecord, recordOf } from '../../../core/parse/json-value.ts'
import { statusOf } from '../../docker/engine-error.ts'
import type { DockerCalls } from './docker-calls.ts'

/** Returns an object as the API tells it, and what of it matters to networking. */
export async function inspectObject(calls: DockerCalls, kind: ObjectKind, name: string): Promise<Inspected> {
  switch (kind) {
    case 'container': {
      const container = await calls.inspectContainer(name)
      return toInspected(kind, name, container, explainContainer(container, await networksOf(calls, container)))
    }
    case 'network': {
      const network = await calls.inspectNetwork(name)
      return toInspected(kind, name, network, explainNetwork(network))
    }
    case 'image': {
      const image = await calls.inspectImage(name)
      return toInspected(kind, name, image, explainImage(image))
    }
    default:
      return kind satisfies never
  }
}

function toInspected(kind: ObjectKind, name: string, value: JsonRecord, fields: Inspected['fields']): Inspected {
  return { kind, name, raw: JSON.stringify(value, null, 2), fields }
}

/** A stopped container may be in networks that have gone. */
async function networksOf(calls: DockerCalls, container: JsonRecord): Promise<readonly JsonRecord[]> {
  const names = Object.keys(recordOf(recordOf(container, 'NetworkSettings'), 'Networks'))
  const looked = names.map((name) =>
    calls.inspectNetwork(name).catch((error: unknown) => (statusOf(error) === 404 ? {} : Promise.reject(error))),
  )
  return Promise.all(looked)
}
