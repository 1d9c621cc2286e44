import { describe, expect, it } from 'vitest'
import { buildAction } from '../../../src/renderer/store/manage-build-action.ts'
import { emptyDraft, type NetworkDraft, type SubnetDraft } from '../../../src/renderer/store/manage-drafts.ts'
import { placeEarly } from '../../../src/renderer/store/manage-early-action.ts'

const row = (subnet: string, change: Partial<SubnetDraft> = {}): SubnetDraft => {
  const [empty] = emptyDraft('create-network').subnets
  if (empty === undefined) throw new Error('a network begins with a row')
  return { ...empty, subnet, ...change }
}
const network = (change: Partial<NetworkDraft>) => buildAction({ ...emptyDraft('create-network'), ...change })
const error = (at: string) => ({ at, severity: 'error', message: 'x' }) as const

describe('what can be asked before a dialog is filled in', () => {
  it('asks about a subnet before the network has a name', () => {
    const { action, early } = network({ subnets: [row('172.17.0.0/16')] })
    expect(action).toBeNull()
    expect(early).toMatchObject({
      action: { kind: 'create-network', network: { name: 'unnamed', subnets: [{ subnet: '172.17.0.0/16' }] } },
      silent: ['network.name'],
    })
  })

  it('leaves out what is half typed, and keeps the rest of its row', () => {
    const { early } = network({ name: 'a', subnets: [row('172.17.0.0/16', { gateway: '172.17' })] })
    expect(early?.action).toEqual({
      kind: 'create-network',
      network: { name: 'a', subnets: [{ subnet: '172.17.0.0/16' }] },
    })
  })

  it('leaves out a row without a readable subnet, and still finds the row that a problem is about', () => {
    const { early } = network({ subnets: [row('172.', { gateway: '10.0.0.1' }), row('172.17.0.0/16')] })
    if (early === null) throw new Error('one row can be asked about')
    expect(early.action).toMatchObject({ network: { subnets: [{ subnet: '172.17.0.0/16' }] } })
    const said = [error('network.subnets[0].subnet'), error('network.name'), error('network.options')]
    expect(placeEarly(early, said).map(({ at }) => at)).toEqual(['network.subnets[1].subnet', 'network.options'])
  })

  it('asks about the ports of a container that has neither image nor name', () => {
    const { early } = buildAction({ ...emptyDraft('run-container'), ports: '8080:80 x' })
    expect(early).toMatchObject({
      action: { container: { image: 'unnamed', name: 'unnamed', ports: ['8080:80'] } },
      silent: ['container.image', 'container.name', 'container.ports[1]'],
    })
  })

  it('asks about an address once there is a network to have it', () => {
    const connect = { ...emptyDraft('connect'), ipv4: '172.18.0.9' }
    expect(buildAction(connect).early).toBeNull()
    expect(buildAction({ ...connect, network: 'my-net' }).early).toMatchObject({
      action: { container: 'unnamed', endpoint: { network: 'my-net', ipv4: '172.18.0.9' } },
    })
  })

  it('asks nothing early of what can be sent', () => {
    expect(network({ name: 'my-net' }).early).toBeNull()
    expect(buildAction(emptyDraft('import-image')).early).toBeNull()
  })
})
