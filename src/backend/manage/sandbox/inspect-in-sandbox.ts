import type { HostState } from '../../../core/host/host-state.ts'
import { describeContainerJson } from '../../../core/manage/describe-container.ts'
import { describeNetworkJson } from '../../../core/manage/describe-network.ts'
import { explainContainer } from '../../../core/manage/explain-container.ts'
import { explainImage } from '../../../core/manage/explain-image.ts'
import { explainNetwork } from '../../../core/manage/explain-network.ts'
import type { Inspected, ObjectKind } from '../../../core/manage/inventory.ts'
import { describeImageJson } from '../../../core/manage/sandbox-images.ts'
import type { Scene } from '../../../core/synth/scene/scene.ts'
import type { Outcome } from '../../../protocol/contract.ts'

/** Returns an object of a sandbox as Docker's API would tell it, and what of it matters to networking. */
export function inspectInSandbox(scene: Scene, state: HostState, kind: ObjectKind, name: string): Outcome<Inspected> {
  const value = describe(scene, state, kind, name)
  if (value !== null) {
    const fields = explain(scene, state, kind, value)
    return { ok: true, value: { kind, name, raw: JSON.stringify(value, null, 2), fields } }
  }
  const message = kind === 'network' ? `network ${name} not found` : `No such ${kind}: ${name}`
  return { ok: false, failure: { code: 'engine-refused', message, at: 'name' } }
}

function explain(scene: Scene, state: HostState, kind: ObjectKind, value: unknown): Inspected['fields'] {
  switch (kind) {
    case 'container':
      return explainContainer(
        value,
        state.networks.map(({ name }) => describeNetworkJson(scene, state, name)),
      )
    case 'network':
      return explainNetwork(value)
    case 'image':
      return explainImage(value)
    default:
      return kind satisfies never
  }
}

function describe(scene: Scene, state: HostState, kind: ObjectKind, name: string): unknown {
  switch (kind) {
    case 'container':
      return describeContainerJson(scene, state, name)
    case 'network':
      return describeNetworkJson(scene, state, name)
    case 'image':
      return describeImageJson(scene, name)
    default:
      return kind satisfies never
  }
}
