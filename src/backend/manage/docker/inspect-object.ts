import type { Inspected, ObjectKind } from '../../../core/manage/inventory.ts'
import type { DockerCalls } from './docker-calls.ts'

/** Returns an object as the API tells it, and what of it matters to networking. */
export async function inspectObject(calls: DockerCalls, kind: ObjectKind, name: string): Promise<Inspected> {
  const read = { container: 'inspectContainer', network: 'inspectNetwork', image: 'inspectImage' } as const
  const value = await calls[read[kind]](name)
  return { kind, name, raw: JSON.stringify(value, null, 2), fields: [] }
}
