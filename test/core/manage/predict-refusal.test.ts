import { describe, expect, it } from 'vitest'
import { makeSceneHost } from '../../../src/backend/sources/make-scene-host.ts'
import type { ManageAction } from '../../../src/core/manage/action.ts'
import { predictRefusal } from '../../../src/core/manage/predict-refusal.ts'
import type { Scene } from '../../../src/core/synth/scene/scene.ts'

const scene = (generation: 20 | 28): Scene => ({
  schema: 'hopwire.scene/1',
  name: 'host',
  engine: { generation },
  host: { nics: [{ name: 'ens5', addresses: ['198.51.100.20/24'] }] },
  networks: [{ name: 'front', subnets: [{ subnet: '10.5.0.0/30' }] }],
  containers: [
    { name: 'web', networks: [{ network: 'front' }], ports: ['8080:80'] },
    { name: 'old', networks: [{ network: 'front' }], state: 'exited', ports: ['8080:80'] },
  ],
})

describe.each([20, 28] as const)('what Docker %s would refuse', (generation) => {
  const made = makeSceneHost(scene(generation), 'host')
  if (!made.ok) throw new Error(made.failure.message)
  const state = made.value
  const refused = (action: ManageAction) => predictRefusal(state, action)
  const prefix = generation === 28 ? 'failed to set up container networking: ' : ''

  it('is a start without an address left, or on a port in use', () => {
    const old = refused({ kind: 'container-verb', verb: 'start', name: 'old' })
    const network = state.networks.find(({ name }) => name === 'front')
    expect(old).toBe(`${prefix}no available IPv4 addresses on this network's address pools: front (${network?.id})`)
    const twice = refused({ kind: 'run-container', container: { name: 'two', image: 'i', ports: ['8080:80'] } })
    expect(twice).toBe(
      `${prefix}driver failed programming external connectivity on endpoint two: Bind for 0.0.0.0:8080 failed: port is already allocated`,
    )
  })

  it('is a network of a name, or a bridge, that is there', () => {
    expect(refused({ kind: 'create-network', network: { name: 'front' } })).toBe(
      'network with name front already exists',
    )
    const [bridge] = state.networks
    if (bridge === undefined) throw new Error('no network')
    const overlay = { ...state, networks: [...state.networks, { ...bridge, name: 'swarm', driver: 'overlay' }] }
    const action = { kind: 'create-network', network: { name: 'swarm' } } as const
    expect(predictRefusal(overlay, action)).toBe('network with name swarm already exists')
    expect(predictRefusal(overlay, { kind: 'connect', container: 'web', endpoint: { network: 'swarm' } })).toBeNull()
  })

  it('is a link of the default bridge that leads nowhere; elsewhere a link is but a name', () => {
    const run = (network: string, link: string): ManageAction => ({
      kind: 'run-container',
      container: { name: 'new', image: 'i', command: ['x'], networks: [{ network, links: [link] }] },
    })
    const web = state.containers.find(({ name }) => name === 'web')
    expect(refused(run('bridge', 'db:store'))).toBe('could not get container for db: No such container: db')
    expect(refused(run('bridge', 'old'))).toBe('Cannot link to a non running container: /old AS /new/old')
    expect(refused(run('bridge', 'web'))).toBe(
      generation === 20
        ? 'Cannot link to /web, as it does not belong to the default network'
        : `container ${web?.id} not attached to default bridge network`,
    )
    const full = `${prefix}no available IPv4 addresses on this network's address pools`
    expect(refused(run('front', 'db:store'))).toContain(full)
    expect(refused(run('bridge', web?.id ?? ''))).toBeNull()
  })

  it('is nothing of what would be done', () => {
    expect(refused({ kind: 'create-network', network: { name: 'back' } })).toBeNull()
    expect(refused({ kind: 'remove-container', name: 'web' })).toBeNull()
    expect(refused({ kind: 'container-verb', verb: 'pause', name: 'web' })).toBeNull()
    expect(refused({ kind: 'remove-image', image: 'x' })).toBeNull()
  })
})
