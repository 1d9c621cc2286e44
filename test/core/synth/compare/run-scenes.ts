import { createDockerSource } from '../../../../src/backend/sources/docker-source.ts'
import type { Source } from '../../../../src/backend/sources/source.ts'
import type { HostState } from '../../../../src/core/host/host-state.ts'
import { planScene } from '../../../../src/core/synth/plan/plan-scene.ts'
import type { Scene, SceneMemory } from '../../../../src/core/synth/scene/scene.ts'
import { type Engine, importBusybox, makeObject, setSysctls, startEngine, type World } from '../../../lab/index.ts'
import { type DeclaredScene, sceneFor } from '../scenes/make-scene.ts'
import { hostLines } from './normalize-host.ts'
import { daemonConfig, dockerCommands, ruleCommands, undoCommands } from './build-scene.ts'

/** Scenes that one engine can build one after the other: those with the same daemon options. */
export interface SceneGroup {
  readonly generation: 20 | 28
  readonly scenes: readonly DeclaredScene[]
}

/** Returns the groups of one generation, each with the scenes that are for it. */
export function groupScenes(declared: readonly DeclaredScene[], generation: 20 | 28): readonly SceneGroup[] {
  const groups = new Map<string, DeclaredScene[]>()
  for (const scene of declared) {
    if (scene.only?.includes(generation) === false) continue
    const key = JSON.stringify(scene.options ?? {})
    groups.set(key, [...(groups.get(key) ?? []), scene])
  }
  return [...groups.values()].map((scenes) => ({ generation, scenes }))
}

/** An engine on which scenes are built, read and taken down. */
export interface SceneBench {
  readonly scene: (declared: DeclaredScene) => Scene
  build(scene: Scene): Promise<HostState>
  /** Reads the host once two readings in a row are alike: what a bridge does without a port comes a moment later. */
  readCalm(): Promise<HostState>
  clear(scene: Scene): Promise<void>
  readonly engine: Engine
  close(): Promise<void>
}

/** Starts an engine with the options of a group's scenes. */
export async function openBench(world: World, { generation, scenes }: SceneGroup): Promise<SceneBench> {
  const options = daemonConfig(scenes[0]?.options)
  const name = generation === 20 ? 'host20' : 'host28'
  const engine = await startEngine(world, { generation: generation === 20 ? '20' : '28', name, daemonOptions: options })
  await importBusybox(engine)
  // New addresses are usable at once: what is compared does not depend on the second in which it was read.
  const devices = ['all', 'default', 'docker0'].map((device) => [`net/ipv6/conf/${device}/accept_dad`, '0'] as const)
  await setSysctls(engine.netns, Object.fromEntries(devices))
  const source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
  let memory: SceneMemory = {}
  return {
    engine,
    // The engine remembers the scenes that were there before.
    scene: (declared) => ({ ...sceneFor(declared, generation), memory }),
    build: async (scene) => {
      for (const command of dockerCommands(scene)) await makeObject(engine, command)
      for (const command of ruleCommands(scene)) await engine.nsenter(command)
      const { nextSubnet = 0, forwardsSix = false } = planScene(scene).memory
      memory = { nextSubnet, ...(forwardsSix ? { forwardsSix } : {}) }
      return readSettled(source)
    },
    readCalm: () => readCalm(source),
    clear: (scene) => clear(engine, scene),
    close: async () => {
      await source.close()
      engine.stop()
    },
  }
}

/** Inside a container a new IPv6 address is nobody's for a second. */
async function readSettled(source: Source): Promise<HostState> {
  for (let attempt = 0; ; attempt++) {
    const read = await source.load()
    if (!read.ok) throw new Error(read.failure.message)
    const addresses = read.value.namespaces.flatMap(({ interfaces }) => interfaces.flatMap((each) => each.addresses))
    if (attempt === 10 || !addresses.some(({ tentative }) => tentative === true)) return read.value
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

async function readCalm(source: Source): Promise<HostState> {
  let before = await readSettled(source)
  for (let attempt = 0; attempt < 20; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    const now = await readSettled(source)
    if (hostLines(now).join('\n') === hostLines(before).join('\n')) return now
    before = now
  }
  throw new Error('the host is never twice the same')
}

async function clear(engine: Engine, scene: Scene): Promise<void> {
  for (const command of undoCommands(scene)) await engine.nsenter(command)
  const containers = scene.containers.map(({ name }) => name)
  if (containers.length > 0) await engine.docker(['rm', '-f', ...containers])
  if (scene.networks.length > 0) await engine.docker(['network', 'rm', ...scene.networks.map(({ name }) => name)])
  // docker0 keeps the link's own address that it had while it had a port.
  if (scene.engine.options?.ipv6 !== true)
    for (const state of ['down', 'up']) await engine.nsenter(['ip', 'link', 'set', 'docker0', state])
}
