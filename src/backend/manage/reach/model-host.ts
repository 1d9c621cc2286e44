import type { HostState } from '../../../core/host/host-state.ts'
import { findForeignRules } from '../../../core/manage/foreign-rules.ts'
import { sceneFromHost } from '../../../core/manage/scene-from-host.ts'
import type { Scene, SceneContainer } from '../../../core/synth/scene/scene.ts'
import { parsePortSpec } from '../../../core/synth/scene/port-spec.ts'
import { synthesizeHost } from '../../../core/synth/synthesize-host.ts'
import { readTables } from '../../sources/make-scene-host.ts'

/** A host as a scene, and what is not as on the host itself, one sentence each. */
export interface HostModel {
  readonly scene: Scene
  readonly left: readonly string[]
  /** The containers of which is assumed that they listen where they say that they serve. */
  readonly assumed: readonly string[]
}

/**
 * Returns the scene of a host, with the rules that are not Docker's. What cannot be carried over, and what had to be assumed,
 * is told. A sandbox has a scene of its own and needs none of this.
 */
export function modelHost(state: HostState): HostModel {
  const { scene: bare, left } = sceneFromHost(state)
  const assumed: string[] = []
  const containers = bare.containers.map((container) => assumeListening(state, container, assumed))
  const scene = { ...bare, containers }
  const made = synthesizeHost(scene, readTables)
  const refused = made.refusals.map(({ message }) => `Docker would not make this host again as it is: ${message}`)
  const real = state.namespaces[0]?.rulesets.iptables ?? []
  const foreign = findForeignRules(real, made.state.namespaces[0]?.rulesets.iptables ?? [])
  const chains = foreign.left.length === 0 ? [] : [`not as Docker writes it here: ${foreign.left.join(', ')}`]
  return {
    scene: foreign.rules.length === 0 ? scene : { ...scene, rules: foreign.rules },
    left: [...left, ...refused, ...chains],
    assumed,
  }
}

/** What does not run, and what cannot be looked into, is taken to listen where it says that it serves. */
function assumeListening(state: HostState, container: SceneContainer, assumed: string[]): SceneContainer {
  const real = state.containers.find(({ name }) => name === container.name)
  const netns = state.namespaces.find(({ id }) => id === real?.namespace)
  if (netns !== undefined && netns.sockets !== null) return container
  const listens = servedPorts(container)
  if (listens.length === 0) return container
  assumed.push(container.name)
  return { ...container, listens }
}

/** Returns the ports that a container says that it serves: exposed and published ones. */
export function servedPorts({ exposes = [], ports = [] }: SceneContainer): readonly string[] {
  const published = ports.flatMap((text) => parsePortSpec(text) ?? [])
  return [...new Set([...exposes, ...published.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`)])]
}
