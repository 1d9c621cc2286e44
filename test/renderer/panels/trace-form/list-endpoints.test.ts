import { describe, expect, it } from 'vitest'
import {
  filterEndpoints,
  hostAddress,
  listSources,
  listTargets,
} from '../../../../src/renderer/panels/trace-form/list-endpoints.ts'
import { sampleHost } from '../sample-host.ts'

describe('listSources', () => {
  it('offers running containers, the host, the outside and container addresses', () => {
    const values = listSources(sampleHost()).map((option) => option.value)
    expect(values.slice(0, 6)).toEqual(['c1', 'c2', 'web', 'a1', 'host', 'external'])
    expect(values.slice(6)).toEqual(['172.17.0.2', '172.17.0.3', '172.17.0.4', '172.18.0.2'])
  })

  it('is empty without a host', () => {
    expect(listSources(null)).toEqual([])
    expect(listTargets(null)).toEqual([])
  })
})

describe('listTargets', () => {
  it('adds resolved names, published ports and gateways', () => {
    const options = listTargets(sampleHost())
    expect(options.find((option) => option.kind === 'name')?.value).toBe('facebook.com')
    expect(options.find((option) => option.kind === 'published port')).toEqual({
      value: 'host',
      label: 'host:8080',
      kind: 'published port',
      detail: 'tcp to web:80',
      protocol: 'tcp',
      port: 8080,
    })
    expect(options.some((option) => option.detail === 'gateway of net-a')).toBe(true)
  })
})

describe('filterEndpoints', () => {
  const options = listTargets(sampleHost())

  it('finds by any column and puts what begins with the text first', () => {
    expect(filterEndpoints(options, 'web').map((option) => option.label)).toEqual(['web', 'host:8080', '172.17.0.4'])
    expect(filterEndpoints(options, 'gateway net-a').map((option) => option.value)).toEqual(['172.18.0.1'])
  })

  it('gives all for no text and none for nonsense', () => {
    expect(filterEndpoints(options, '  ')).toBe(options)
    expect(filterEndpoints(options, 'zzz')).toEqual([])
  })
})

describe('hostAddress', () => {
  it('is that of the physical device', () => {
    expect(hostAddress(sampleHost())).toBe('198.51.100.20')
    expect(hostAddress(sampleHost({ namespaces: [] }))).toBeNull()
  })
})
