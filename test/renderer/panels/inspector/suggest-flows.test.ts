import { describe, expect, it } from 'vitest'
import { flowWords, suggestFlows } from '../../../../src/renderer/panels/inspector/suggest-flows.ts'
import { sampleHost } from '../sample-host.ts'

describe('suggestFlows', () => {
  it('offers what this host can show', () => {
    expect(suggestFlows(sampleHost()).map((each) => flowWords(each.flow))).toEqual([
      'c1 → facebook.com ICMP',
      'c1 → a1 ICMP',
      'external → host:8080 TCP',
      'c1 → c2 ICMP',
    ])
  })

  it('offers nothing that the host has no containers for', () => {
    expect(suggestFlows(sampleHost({ containers: [] }))).toEqual([])
    const host = sampleHost()
    const alone = host.containers.filter((each) => each.name === 'c1')
    expect(suggestFlows({ ...host, containers: alone }).map((each) => flowWords(each.flow))).toEqual([
      'c1 → facebook.com ICMP',
    ])
  })
})
