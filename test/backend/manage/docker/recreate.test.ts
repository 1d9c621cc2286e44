import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { containerBody, networkBody } from '../../../../src/backend/manage/docker/api-bodies.ts'
import { knownContainer } from '../../../../src/backend/manage/docker/recreate-container.ts'
import { networkBodyOf } from '../../../../src/backend/manage/docker/recreate-network.ts'
import { attempt, refusal, stopIfCancelled } from '../../../../src/backend/manage/docker/refusal.ts'
import type { JsonRecord } from '../../../../src/core/parse/json-value.ts'

const folder = join(import.meta.dirname, '../../../fixtures/inspect')
const read = (name: string): JsonRecord => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as JsonRecord

describe.each([20, 28])('what makes an object of Docker %s again', (generation) => {
  const known = (name: string) => knownContainer(read(`${generation}-container-${name}`), generation)

  it('is its network, as it was asked for', () => {
    expect(networkBodyOf(read(`${generation}-network-front`))).toMatchObject({
      Name: 'front',
      CheckDuplicate: true,
      Driver: 'bridge',
      EnableIPv6: true,
      Attachable: true,
      IPAM: {
        Config: [
          {
            Subnet: '10.50.0.0/16',
            IPRange: '10.50.1.0/24',
            Gateway: '10.50.0.1',
            AuxiliaryAddresses: { nas: '10.50.1.5' },
          },
          { Subnet: 'fd00:50::/64' },
        ],
      },
      Options: { 'com.docker.network.bridge.name': 'br-front' },
      Labels: { team: 'shop' },
    })
  })

  it('is its container, with the first network in its body and all of them to connect', () => {
    const { name, body, endpoints, state, ports } = known('web')
    expect([name, state]).toEqual(['web', 'running'])
    expect(ports).toEqual(['53/udp at 5353', '80/tcp at 8080'])
    expect(body).toMatchObject({ Hostname: 'web1', Image: 'demo:1', HostConfig: { NetworkMode: 'front' } })
    expect(endpoints.map(({ network }) => network)).toEqual(['front', 'back'])
    expect(endpoints[0]?.asked).toMatchObject({ IPAMConfig: { IPv4Address: '10.50.0.80' }, Aliases: ['www'] })
    expect(endpoints[1]?.asked).toMatchObject({ Aliases: ['api'], Links: ['db:store'] })
    expect(endpoints[1]?.asked).not.toHaveProperty('IPAMConfig')
    expect(endpoints[1]?.had).toEqual({ IPv4Address: '172.18.0.3' })
    expect('MacAddress' in (endpoints[0]?.asked ?? {})).toBe(generation === 28)
    expect(body['NetworkingConfig']).toEqual({ EndpointsConfig: { front: endpoints[0]?.asked } })
  })

  it('leaves out what another one has, and what Docker made of the id', () => {
    expect(known('plain').body).not.toHaveProperty('Hostname')
    expect(known('joined').body).not.toHaveProperty('Hostname')
    expect(known('joined').body).not.toHaveProperty('ExposedPorts')
    expect(known('hosted').body).not.toHaveProperty('Hostname')
    expect(known('over')).toMatchObject({ state: 'stopped', ports: [] })
    expect(known('linked').body['HostConfig']).toMatchObject({ Links: ['plain:friend'] })
  })
})

describe('what the API is told', () => {
  it('has nothing that was not given', () => {
    expect(networkBody({ name: 'n' })).toMatchObject({ Name: 'n', IPAM: { Config: [] } })
    expect(networkBody({ name: 'n' })).not.toHaveProperty('EnableIPv6')
    expect(containerBody({ name: 'c', image: 'i' }, 28)).toMatchObject({
      Cmd: null,
      HostConfig: { NetworkMode: 'default' },
      NetworkingConfig: { EndpointsConfig: {} },
    })
  })

  it('has the links of the default bridge at the container, and those of another network at the endpoint', () => {
    const told = (network: string) => {
      const body = containerBody({ name: 'c', image: 'i', networks: [{ network, links: ['db:store'] }] }, 28)
      return body as { HostConfig: { Links?: unknown }; NetworkingConfig: { EndpointsConfig: unknown } }
    }
    expect(told('bridge')).toMatchObject({ HostConfig: { NetworkMode: 'default', Links: ['db:store'] } })
    expect(told('bridge').NetworkingConfig.EndpointsConfig).toEqual({ bridge: {} })
    expect(told('front').HostConfig.Links).toBeUndefined()
    expect(told('front').NetworkingConfig.EndpointsConfig).toEqual({ front: { Links: ['db:store'] } })
  })

  it('has every port of a range, and several places of one port', () => {
    const ports = ['8080-8081:80-81', '127.0.0.1:9090:80', '99/udp']
    const { HostConfig, ExposedPorts } = containerBody({ name: 'c', image: 'i', ports }, 28) as Record<string, object>
    expect(HostConfig).toMatchObject({
      PortBindings: {
        '80/tcp': [
          { HostIp: '', HostPort: '8080' },
          { HostIp: '127.0.0.1', HostPort: '9090' },
        ],
        '81/tcp': [{ HostIp: '', HostPort: '8081' }],
        '99/udp': [{ HostIp: '', HostPort: '' }],
      },
    })
    expect(Object.keys(ExposedPorts ?? {}).sort()).toEqual(['80/tcp', '81/tcp', '99/udp'])
  })
})

describe('what goes wrong', () => {
  const said = Object.assign(new Error('(HTTP code 403) unexpected - x'), {
    statusCode: 403,
    json: { message: 'no, and why' },
  })
  const at = (error: unknown, signal?: AbortSignal) =>
    attempt(
      'unix:///x',
      () => Promise.reject(error),
      () => 'name',
      signal,
    )

  it('has the engine’s own words, whatever its status, also after a cancel', async () => {
    const failure = { code: 'engine-refused', message: 'no, and why', at: 'name' }
    expect(await at(said)).toEqual({ ok: false, failure })
    expect(await at(said, AbortSignal.abort())).toEqual({ ok: false, failure })
  })

  it('is an engine that is gone, a cancel, a refusal of its own, or thrown', async () => {
    const gone = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    expect(await at(gone)).toMatchObject({ failure: { code: 'engine-unreachable' } })
    expect(await at(gone, AbortSignal.abort())).toMatchObject({ failure: { code: 'cancelled' } })
    expect(await at(refusal('not this one', 'image'))).toMatchObject({
      failure: { message: 'not this one', at: 'image' },
    })
    expect(() => stopIfCancelled(AbortSignal.abort())).toThrow('cancelled')
    await expect(at(new Error('a broken assumption'))).rejects.toThrow('a broken assumption')
  })
})
