import { describe, expect, it } from 'vitest'
import { placeOfHop, titleHop } from '../../../../src/renderer/panels/inspector/title-hop.ts'
import { droppedReport, sampleReport } from '../sample-report.ts'

const FORWARD = sampleReport().exchanges[1]?.forward.hops ?? []
const REPLY = sampleReport().exchanges[1]?.reply?.hops ?? []

describe('titleHop', () => {
  it('speaks of the most telling step', () => {
    expect(FORWARD.map((hop) => titleHop(hop).title)).toEqual([
      'c1 sends the packet',
      'docker0 hands it to the host',
      'POSTROUTING rewrote the source',
      'Leaves by ens5, out of the host',
      'The packet passes outside',
    ])
  })

  it('tells the reversal and the delivery of a reply', () => {
    expect(REPLY.slice(2).map((hop) => titleHop(hop).title)).toEqual([
      'Connection tracking turned the addresses back',
      'Delivered to ping',
    ])
  })

  it('puts a drop above everything else in the hop', () => {
    const hop = droppedReport().exchanges[0]?.forward.hops.at(-1)
    expect(hop === undefined ? null : titleHop(hop).title).toBe('DOCKER-ISOLATION-STAGE-2 dropped the packet')
  })
})

describe('placeOfHop', () => {
  it('names namespace and device', () => {
    expect(FORWARD.map(placeOfHop)).toEqual(['c1 · eth0', 'host · docker0', 'host stack', 'host · ens5', 'outside'])
  })
})
