import { describe, expect, test } from 'vitest'
import { planScene } from '../../../src/core/synth/plan/plan-scene.ts'
import {
  addNetwork,
  connectContainer,
  disconnectContainer,
  removeContainer,
  removeNetwork,
  renameContainer,
  setContainerState,
} from '../../../src/core/synth/scene/edit-scene.ts'
import { runContainer } from '../../../src/core/synth/scene/run-container.ts'
import type { EditedScene } from '../../../src/core/synth/scene/settle-scene.ts'
import { checkScene } from '../../../src/core/synth/scene/check-scene.ts'
import type { Generation, Scene } from '../../../src/core/synth/scene/scene.ts'
import { bridge, idle, sceneFor } from './scenes/make-scene.ts'

const empty = (generation: Generation = 28): Scene =>
  sceneFor({ name: 'edited', networks: [], containers: [] }, generation)

function edit(scene: Scene, ...edits: readonly ((before: Scene) => EditedScene)[]): Scene {
  return edits.reduce((before, one) => {
    const after = one(before)
    if (!after.ok) throw new Error(after.message)
    expect(checkScene(JSON.parse(JSON.stringify(after.scene)))).toMatchObject({ ok: true })
    return after.scene
  }, scene)
}

const words = (edited: EditedScene): string => (edited.ok ? 'accepted' : edited.message)
const addressOf = (scene: Scene, name: string, network: string): string | null | undefined =>
  planScene(scene)
    .plan.containers.find((one) => one.scene.name === name)
    ?.endpoints.find((endpoint) => endpoint.network.name === network)?.ipv4
const subnetOf = (scene: Scene, name: string): string | undefined =>
  planScene(scene).plan.networks.find((network) => network.name === name)?.ipv4?.prefix

describe('edits of a scene', () => {
  test('leave to the others what they have, and give what is free again', () => {
    const three = edit(
      empty(),
      (scene) => addNetwork(scene, bridge('one')),
      (scene) => addNetwork(scene, bridge('two')),
      ...['c1', 'c2', 'c3'].map((name) => (scene: Scene) => runContainer(scene, idle(name, 'two'))),
    )
    const less = edit(
      three,
      (scene) => removeContainer(scene, 'c1'),
      (scene) => removeNetwork(scene, 'one'),
    )
    expect([subnetOf(less, 'two'), addressOf(less, 'c2', 'two'), addressOf(less, 'c3', 'two')]).toEqual([
      '172.19.0.0/16',
      '172.19.0.3',
      '172.19.0.4',
    ])
    const more = edit(
      less,
      (scene) => addNetwork(scene, bridge('three')),
      (scene) => runContainer(scene, idle('c4', 'two')),
    )
    expect([subnetOf(more, 'three'), addressOf(more, 'c4', 'two')]).toEqual(['172.18.0.0/16', '172.19.0.2'])
  })

  test('leave a container its address when one before it in the list gets another', () => {
    const two = edit(
      empty(),
      (scene) => addNetwork(scene, bridge('one')),
      (scene) => addNetwork(scene, bridge('two')),
      (scene) => runContainer(scene, idle('early', 'one')),
      (scene) => runContainer(scene, idle('late', 'two')),
      (scene) => connectContainer(scene, 'early', { network: 'two' }),
    )
    expect([addressOf(two, 'late', 'two'), addressOf(two, 'early', 'two')]).toEqual(['172.19.0.2', '172.19.0.3'])
    const again = edit(
      two,
      (scene) => removeContainer(scene, 'late'),
      (scene) => runContainer(scene, idle('later', 'two')),
    )
    expect(addressOf(again, 'later', 'two')).toBe('172.19.0.2')
  })

  test.each([
    [20, 'eth1', ['eth1', 'eth2'], 'eth3'],
    [28, 'eth1', ['eth0', 'eth1'], 'eth0'],
  ] as const)(
    'leave devices their names on Docker %s, and name new ones as it does',
    (generation, left, more, last) => {
      const devices = (scene: Scene): readonly string[] =>
        planScene(scene).plan.containers.flatMap(({ endpoints }) => endpoints.map(({ device }) => device))
      const one = edit(
        empty(generation),
        (scene) => addNetwork(scene, bridge('one')),
        (scene) => addNetwork(scene, bridge('two')),
        (scene) => runContainer(scene, idle('c1', 'one')),
        (scene) => connectContainer(scene, 'c1', { network: 'two' }),
        (scene) => disconnectContainer(scene, 'c1', 'one'),
      )
      expect(devices(one)).toEqual([left])
      const two = edit(one, (scene) => connectContainer(scene, 'c1', { network: 'bridge' }))
      expect([...devices(two)].sort()).toEqual(more)
      const alone = edit(
        two,
        (scene) => disconnectContainer(scene, 'c1', 'two'),
        (scene) => disconnectContainer(scene, 'c1', 'bridge'),
        (scene) => connectContainer(scene, 'c1', { network: 'one' }),
      )
      expect(devices(alone)).toEqual([last])
      const again = edit(
        alone,
        (scene) => setContainerState(scene, 'c1', 'exited'),
        (scene) => setContainerState(scene, 'c1', 'running'),
      )
      expect(devices(again)).toEqual(['eth0'])
    },
  )

  test('of a network with names of its own are counted by themselves, also after another name of the container', () => {
    const prefix = 'com.docker.network.container_iface_prefix'
    const scene = edit(
      empty(20),
      (before) => addNetwork(before, bridge('one', { options: { [prefix]: 'lan' } })),
      (before) => addNetwork(before, bridge('two', { options: { [prefix]: 'lan' } })),
      (before) => runContainer(before, idle('c1', 'one')),
      (before) => connectContainer(before, 'c1', { network: 'bridge' }),
      (before) => disconnectContainer(before, 'c1', 'one'),
      (before) => renameContainer(before, 'c1', 'other'),
      (before) => connectContainer(before, 'other', { network: 'two' }),
    )
    const devices = planScene(scene).plan.containers[0]?.endpoints.map(({ device }) => device)
    expect(devices).toEqual(['eth0', 'lan1'])
  })

  test('of 20.10 go on to the next subnet, also when one before is free', () => {
    const scene = edit(
      empty(20),
      (before) => addNetwork(before, bridge('one')),
      (before) => removeNetwork(before, 'one'),
      (before) => addNetwork(before, bridge('two')),
    )
    expect(subnetOf(scene, 'two')).toBe('172.19.0.0/16')
  })

  test('give a container that starts again what is free by then', () => {
    const scene = edit(
      empty(),
      ...['c1', 'c2'].map((name) => (before: Scene) => runContainer(before, idle(name))),
      (before) => setContainerState(before, 'c1', 'exited'),
      (before) => runContainer(before, idle('c3')),
      (before) => setContainerState(before, 'c1', 'running'),
    )
    expect(['c1', 'c2', 'c3'].map((name) => addressOf(scene, name, 'bridge'))).toEqual([
      '172.17.0.4',
      '172.17.0.3',
      '172.17.0.2',
    ])
  })

  test('keep a port of Docker’s choice', () => {
    const scene = edit(
      empty(),
      ...['c1', 'c2'].map((name) => (before: Scene) => runContainer(before, idle(name, undefined, { ports: ['80'] }))),
      (before) => removeContainer(before, 'c1'),
    )
    expect(planScene(scene).plan.containers[0]?.bindings[0]?.hostPort).toBe(32769)
  })

  test('connect and disconnect', () => {
    const scene = edit(
      empty(),
      (before) => addNetwork(before, bridge('one')),
      (before) => runContainer(before, idle('c1')),
      (before) => connectContainer(before, 'c1', { network: 'one' }),
    )
    expect(addressOf(scene, 'c1', 'one')).toBe('172.18.0.2')
    const apart = edit(
      scene,
      (before) => disconnectContainer(before, 'c1', 'bridge'),
      (before) => disconnectContainer(before, 'c1', 'one'),
    )
    expect(planScene(apart).plan.containers[0]).toMatchObject({ mode: 'none', endpoints: [] })
  })
})

describe('edits that Docker refuses', () => {
  const scene = edit(
    empty(),
    (before) => addNetwork(before, bridge('one')),
    (before) => addNetwork(before, bridge('two')),
    (before) => runContainer(before, idle('c1', 'one')),
  )

  test.each<[string, EditedScene, string]>([
    ['a network twice', addNetwork(scene, bridge('one')), 'network with name one already exists'],
    [
      'a predefined one',
      addNetwork(scene, bridge('bridge')),
      'operation is not permitted on predefined bridge network',
    ],
    [
      'a name twice',
      runContainer(scene, idle('c1')),
      'Conflict. The container name "/c1" is already in use by container "',
    ],
    ['a network that is gone', runContainer(scene, idle('c2', 'gone')), 'network gone not found'],
    [
      'to remove one in use',
      removeNetwork(scene, 'one'),
      'error while removing network: network one has active endpoints (name:"c1" id:"',
    ],
    ['to remove docker0', removeNetwork(scene, 'bridge'), 'bridge is a pre-defined network and cannot be removed'],
    [
      'to connect twice',
      connectContainer(scene, 'c1', { network: 'one' }),
      'endpoint with name c1 already exists in network one',
    ],
    [
      'to connect to the host',
      connectContainer(scene, 'c1', { network: 'host' }),
      'cannot connect container to host network - container must be created in host network mode',
    ],
    ['a container that is gone', connectContainer(scene, 'c9', { network: 'one' }), 'No such container: c9'],
    ['to disconnect what is not', disconnectContainer(scene, 'c1', 'two'), ' is not connected to network two'],
  ])('%s', (_what, edited, message) => {
    expect(words(edited)).toContain(message)
  })
})
