import { beforeAll, expect, it } from 'vitest'
import type { ManageAction } from '../../../src/core/manage/action.ts'
import { busyboxImage, type Generation } from '../../lab/index.ts'
import { create, idle, run } from './actions.ts'
import { calm, type DrivenHost, value } from './driven-host.ts'

interface Refused {
  readonly what: string
  readonly action: ManageAction
  readonly at: string | null
  readonly only?: Generation
}

const subnet = (text: string) => ({ subnets: [{ subnet: text }] })
const on = (ipv4: string) => ({ network: 'taken', ipv4 })

const CASES: readonly Refused[] = [
  { what: 'a network of a name that is there', action: create({ name: 'taken' }), at: 'network.name' },
  { what: 'a predefined name', action: create({ name: 'bridge' }), at: 'network.name' },
  {
    what: 'a subnet that is taken',
    action: create({ name: 'n', ...subnet('10.94.0.0/25') }),
    at: 'network.subnets[0].subnet',
  },
  {
    what: 'a subnet that is none',
    action: create({ name: 'n', ...subnet('10.95.0.9/24') }),
    at: 'network.subnets[0].subnet',
    only: '28',
  },
  {
    what: 'a bridge that is there',
    action: create({ name: 'n', options: { 'com.docker.network.bridge.name': 'br-taken' } }),
    at: 'network.options["com.docker.network.bridge.name"]',
  },
  { what: 'a network with a running container', action: { kind: 'remove-network', name: 'taken' }, at: 'name' },
  { what: 'a network that is not there', action: { kind: 'remove-network', name: 'nowhere' }, at: 'name' },
  { what: 'a predefined network', action: { kind: 'remove-network', name: 'host' }, at: 'name' },
  { what: 'a name in use', action: run(idle('here')), at: 'container.name' },
  { what: 'no such image', action: run({ name: 'cc', image: 'nowhere:1' }), at: 'container.image' },
  {
    what: 'a network that is not there to run in',
    action: run(idle('cc', { networks: [{ network: 'nowhere' }] })),
    at: 'container.networks[0].network',
  },
  { what: 'a port in use', action: run(idle('cc', { ports: ['81', '18083:80'] })), at: 'container.ports[1]' },
  {
    what: 'an address in use',
    action: run(idle('cc', { networks: [on('10.94.0.9')] })),
    at: 'container.networks[0].ipv4',
  },
  {
    what: 'an address outside',
    action: run(idle('cc', { networks: [on('10.99.0.9')] })),
    at: 'container.networks[0].ipv4',
  },
  {
    what: 'a host name with another namespace',
    action: run(idle('cc', { networkMode: 'container:here', hostname: 'x' })),
    at: 'container.hostname',
  },
  {
    what: 'to be connected twice',
    action: { kind: 'connect', container: 'here', endpoint: { network: 'taken' } },
    at: 'endpoint.network',
  },
  {
    what: 'to connect what is not there',
    action: { kind: 'connect', container: 'nobody', endpoint: { network: 'taken' } },
    at: 'container',
  },
  {
    what: 'to disconnect from where it is not',
    action: { kind: 'disconnect', container: 'here', network: 'other' },
    at: 'network',
  },
  { what: 'a verb for nobody', action: { kind: 'container-verb', verb: 'start', name: 'nobody' }, at: 'name' },
  { what: 'a rename to a name in use', action: { kind: 'rename-container', name: 'here', to: 'there' }, at: 'to' },
  { what: 'a removal of nobody', action: { kind: 'remove-container', name: 'nobody' }, at: 'name' },
  { what: 'an image that is not there', action: { kind: 'remove-image', image: 'nowhere:1' }, at: 'image' },
]

/** What the engine refuses is told before it is tried, at the same field, and leaves nothing. */
export function describeRefusals(host: () => DrivenHost, generation: Generation): void {
  const cases = CASES.filter(({ only }) => only === undefined || only === generation)
  beforeAll(async () => {
    const bridge = ['-o', 'com.docker.network.bridge.name=br-taken']
    await host().docker('network', 'create', '--subnet', '10.94.0.0/24', ...bridge, 'taken')
    await host().docker('network', 'create', '--subnet', '10.96.0.0/24', 'other')
    const idling = [busyboxImage, 'sleep', '1000']
    await host().docker('run', '-d', '--name', 'here', '--network', 'taken', '--ip', '10.94.0.9', ...idling)
    await host().docker('run', '-d', '--name', 'there', '-p', '18083:80', ...idling)
    value(await host().service.methods.refresh({}, calm()))
  })

  it.each(cases.map((refused) => [refused.what, refused] as const))('refuses %s', async (_what, { action, at }) => {
    const names = [await host().names('network'), await host().names('container')]
    // What the case before this one has made and taken away again may not have been heard of yet.
    value(await host().service.methods.refresh({}, calm()))
    const plan = await host().plan(action)
    const refused = await host().refused(action)
    expect(refused.code).toBe('engine-refused')
    expect.soft(refused.at ?? null, refused.message).toBe(at)
    const [foreseen] = plan.problems.filter(({ severity }) => severity === 'error')
    expect.soft(foreseen?.at, foreseen?.message).toBe(at)
    expect.soft(comparable(foreseen?.message ?? '')).toBe(comparable(refused.message))
    expect([await host().names('network'), await host().names('container')]).toEqual(names)
  })
}

/** Without ids that are drawn when it is tried, which are not foreseen, and what is added to the engine's words for the reader. */
function comparable(message: string): string {
  return (
    message
      .replace(/\s+/g, ' ')
      // Both versions of IP have the port; which of them 28 names is drawn: nearly always IPv4's, once in a while the other.
      .replace('Bind for :::', 'Bind for 0.0.0.0:')
      .replace(/^cannot create network [0-9a-f]{64} \([\w-]+\): /, '')
      .replace(/ (\([0-9a-f]{64}\)|id [0-9a-f]{64})/g, '')
      .replace(/ \(name:"\w+" id:"[0-9a-f]+"\)$/, '')
      .replace(/ \((network )?[\w-]+\)$/, '')
  )
}
