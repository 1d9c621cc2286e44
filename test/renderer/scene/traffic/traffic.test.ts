import { describe, expect, it } from 'vitest'
import { estimateWidth } from '../../../../src/renderer/layout/fonts.ts'
import { layoutHost } from '../../../../src/renderer/layout/layout-host.ts'
import { placeKey } from '../../../../src/renderer/playback/place.ts'
import { chainJourneys, endAtHost } from '../../../../src/renderer/scene/traffic/chain-journeys.ts'
import { mapDevices } from '../../../../src/renderer/scene/traffic/device-map.ts'
import { labelJourney } from '../../../../src/renderer/scene/traffic/label-flow.ts'
import { keepApart, placeLabels } from '../../../../src/renderer/scene/traffic/place-labels.ts'
import { planWay, type Sighting } from '../../../../src/renderer/scene/traffic/plan-way.ts'
import { createTracks } from '../../../../src/renderer/scene/traffic/track-way.ts'
import { beatOf, durationOf, TrafficModel } from '../../../../src/renderer/scene/traffic/traffic-model.ts'
import { RULES_28 } from '../../../support/docker-rules.ts'
import { standardHost } from '../../../support/scene.ts'
import { makeFlow, movesToWeb, QUIET } from '../../support/watch-samples.ts'

const host = standardHost(RULES_28)
const devices = mapDevices(host)
const layout = layoutHost(host, estimateWidth)
const tracks = createTracks(layout)

function way(netns: string, device: string, direction: Sighting['direction'], far: string | null = null) {
  return planWay(devices, { netns, device, direction }, far)
}
const keys = (places: ReturnType<typeof way>) => places.map(placeKey)
const leg = (netns: string, device: string, direction: Sighting['direction'], at: number, flow: number | null = 1) => ({
  flow,
  at,
  seenAt: `${netns} ${device} ${direction}`,
  way: way(netns, device, direction, '203.0.113.80'),
})

describe('the way that a sighting tells of', () => {
  it('crosses the wire of a container’s device, whichever end saw it', () => {
    expect(keys(way('container:c1', 'eth0', 'out'))).toEqual(['device:container:c1/eth0', 'device:host/vethc1'])
    expect(keys(way('container:c1', 'eth0', 'in'))).toEqual(['device:host/vethc1', 'device:container:c1/eth0'])
    expect(keys(way('host', 'vethc1', 'in'))).toEqual([
      'device:container:c1/eth0',
      'device:host/vethc1',
      'device:host/docker0',
    ])
  })

  it('leads from a bridge and a NIC into the stack and out of it', () => {
    expect(keys(way('host', 'docker0', 'in'))).toEqual(['device:host/docker0', 'gate:host/prerouting'])
    expect(keys(way('host', 'docker0', 'out'))).toEqual(['gate:host/postrouting', 'device:host/docker0'])
    expect(keys(way('host', 'ens5', 'out', '203.0.113.80'))).toEqual([
      'gate:host/postrouting',
      'device:host/ens5',
      'external:203.0.113.80',
    ])
    expect(keys(way('host', 'ens5', 'in'))).toEqual(['device:host/ens5', 'gate:host/prerouting'])
  })

  it('is nothing for a loop and for a device that is not there', () => {
    expect(way('host', 'lo', 'in')).toEqual([])
    expect(way('host', 'gone0', 'in')).toEqual([])
  })
})

describe('journeys', () => {
  it('join what the devices saw of one packet, through the gates where it was forwarded', () => {
    const journeys = chainJourneys([
      leg('container:c1', 'eth0', 'out', 0),
      leg('host', 'vethc1', 'in', 0.01),
      leg('host', 'docker0', 'in', 0.02),
      leg('host', 'ens5', 'out', 0.05),
    ])
    expect(journeys.map((each) => keys(each.way))).toEqual([
      [
        'device:container:c1/eth0',
        'device:host/vethc1',
        'device:host/docker0',
        'gate:host/prerouting',
        'gate:host/route',
        'gate:host/forward',
        'gate:host/postrouting',
        'device:host/ens5',
        'external:203.0.113.80',
      ],
    ])
  })

  it('keep two packets of one flow apart, and packets of different flows', () => {
    const twice = [leg('container:c1', 'eth0', 'out', 0), leg('container:c1', 'eth0', 'out', 1)]
    expect(chainJourneys(twice)).toHaveLength(2)
    const strangers = [leg('container:c1', 'eth0', 'out', 0, 1), leg('host', 'vethc1', 'in', 0.1, 2)]
    expect(chainJourneys(strangers)).toHaveLength(2)
    const unknown = [leg('container:c1', 'eth0', 'out', 0, null), leg('host', 'vethc1', 'in', 0.1, null)]
    expect(chainJourneys(unknown)).toHaveLength(2)
  })

  it('do not join an answer to its question, nor what comes much later', () => {
    const answered = [leg('host', 'ens5', 'out', 0), leg('host', 'ens5', 'in', 0.3)]
    expect(chainJourneys(answered)).toHaveLength(2)
    const atOnce = [leg('container:web', 'eth0', 'in', 0), leg('container:web', 'eth0', 'out', 0.1)]
    expect(chainJourneys(atOnce)).toHaveLength(2)
    const late = [leg('container:c1', 'eth0', 'out', 0), leg('host', 'vethc1', 'in', 400)]
    expect(chainJourneys(late)).toHaveLength(2)
  })

  it('end at the host’s processes, and begin there, where the host is an end of the flow', () => {
    expect(keys(endAtHost(way('host', 'docker0', 'in'), true)).slice(1)).toEqual([
      'gate:host/prerouting',
      'gate:host/route',
      'gate:host/input',
      'gate:host/local',
    ])
    expect(keys(endAtHost(way('host', 'docker0', 'out'), true))[0]).toBe('gate:host/local')
    expect(endAtHost(way('host', 'docker0', 'in'), false)).toEqual(way('host', 'docker0', 'in'))
  })

  it('are named in the direction in which the packet goes', () => {
    const flow = makeFlow(1)
    expect(labelJourney(flow, way('container:c1', 'eth0', 'out'))).toBe('c1 → web:8080')
    expect(labelJourney(flow, way('container:web', 'eth0', 'out'))).toBe('web:8080 → c1')
    expect(labelJourney(flow, way('container:c1', 'eth0', 'in'))).toBe('web:8080 → c1')
  })
})

describe('what moves on the picture', () => {
  const context = { flows: new Map([[1, makeFlow(1)]]), devices, tracks, now: 5000 }
  const hop = { netns: 'host', device: 'docker0', direction: 'in', packets: 900, bytes: 9, bytesPerSecond: 1 } as const

  it('is one dot a packet, which leaves when it has arrived', () => {
    const model = new TrafficModel()
    model.take(beatOf({ ...QUIET, moves: movesToWeb(1, 800) }), { ...context, calm: false })
    const [dot] = model.dots
    if (dot === undefined) throw new Error('nothing moves')
    // The update is of the interval from 750 to 1000 ms; what was seen at 800 sets out 50 ms after it came.
    expect(dot.begins).toBeCloseTo(5050)
    expect(dot.label).toBe('c1 → web:8080')
    expect(model.settle(dot.begins + durationOf(dot.track) - 1)).toBe(true)
    expect(model.settle(dot.begins + durationOf(dot.track) + 1)).toBe(false)
  })

  it('is a stream where packets are too many, and only there', () => {
    const model = new TrafficModel()
    const hops = [
      { ...hop, packetsPerSecond: 3600, aggregated: true },
      { ...hop, device: 'ens5', packetsPerSecond: 2, aggregated: false },
    ]
    model.take(beatOf({ ...QUIET, hops }), { ...context, calm: false })
    expect([...model.streams.keys()]).toEqual(['device:host/docker0 gate:host/prerouting'])
    expect(placeLabels(layout, [...model.streams.values()], 1).map(({ text }) => text)).toEqual(['3.6k/s'])
  })

  it('counts packets once that both ends of a wire tell of', () => {
    const model = new TrafficModel()
    const hops = [
      { ...hop, netns: 'container:c1', device: 'eth0', direction: 'out', packetsPerSecond: 500, aggregated: true },
      { ...hop, device: 'vethc1', packetsPerSecond: 510, aggregated: true },
    ] as const
    model.take(beatOf({ ...QUIET, hops }), { ...context, calm: false })
    const wire = model.streams.get('device:container:c1/eth0 device:host/vethc1')
    expect(wire?.packetsPerSecond).toBe(510)
    expect(placeLabels(layout, [...model.streams.values()], 1).map(({ text }) => text)).toEqual(['510/s'])
  })

  it('does not move for those who want no motion: every rate is a stream', () => {
    const model = new TrafficModel()
    const hops = [{ ...hop, packetsPerSecond: 2, aggregated: false }]
    model.take(beatOf({ ...QUIET, hops, moves: movesToWeb(1, 800) }), { ...context, calm: true })
    expect(model.dots).toEqual([])
    expect(model.streams.size).toBe(1)
  })

  it('has an end: more dots than an eye can take in are not drawn', () => {
    const model = new TrafficModel()
    const flows = new Map(Array.from({ length: 900 }, (_, id) => [id, makeFlow(id)]))
    const moves = [...flows.keys()].flatMap((id) => movesToWeb(id, 800).slice(0, 1))
    model.take(beatOf({ ...QUIET, moves }), { ...context, flows, calm: false })
    expect(model.dots.length).toBeLessThan(200)
  })
})

describe('the words of dots', () => {
  const words = (text: string, x: number, y = 100) => ({ text, at: { x, y } })

  it('are left out where they would hide those before them, and of a flow written once', () => {
    const all = [
      words('c1 → web:80', 100),
      words('web:80 → c1', 130, 104),
      words('c1 → web:80', 400),
      words('c2 → web:80', 400),
    ]
    expect(keepApart(all, 5)).toEqual([all[0], all[3]])
  })

  it('are no more than an eye can take in', () => {
    const all = Array.from({ length: 9 }, (_, index) => words(`c${index} → web:80`, index * 300))
    expect(keepApart(all, 5)).toEqual(all.slice(0, 5))
  })
})
