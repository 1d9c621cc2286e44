import { describe, expect, it } from 'vitest'
import { estimateWidth } from '../../../src/renderer/layout/fonts.ts'
import { layoutHost } from '../../../src/renderer/layout/layout-host.ts'
import { resolveAnchor, travelTrack, wireBetween } from '../../../src/renderer/layout/travel.ts'
import { at, buildTimeline } from '../../../src/renderer/playback/timeline.ts'
import { describeScene, NO_MARKS } from '../../../src/renderer/scene/describe-scene.ts'
import { labelPacket } from '../../../src/renderer/scene/label-packet.ts'
import { placePacket } from '../../../src/renderer/scene/place-packet.ts'
import { makeHost } from '../support/sample-host.ts'
import { droppedReport, sampleReport } from '../support/sample-report.ts'

const host = makeHost({ containers: 4, networks: 2, names: ['container1'] })
const layout = layoutHost(host, estimateWidth)
const timeline = buildTimeline(sampleReport())
const dropped = buildTimeline(droppedReport())
const indexOf = (verdict: string) =>
  timeline.events.findIndex((event) => event.step?.kind === 'rule' && event.step.verdict === verdict)
const masquerade = indexOf('masquerade')

describe('describeScene', () => {
  it('marks nothing before there is a trace', () => {
    expect(describeScene(layout, buildTimeline({ ...sampleReport(), exchanges: [] }), -1)).toBe(NO_MARKS)
  })

  it('lights up one box at a time, the one that the packet is in', () => {
    for (const event of timeline.events) {
      const current = Object.entries(describeScene(layout, timeline, event.index).boxes).filter(
        ([, mark]) => mark === 'current',
      )
      expect(current.length).toBeLessThanOrEqual(1)
      if (event.place.kind === 'gate') expect(current).toEqual([[`gate:${event.place.gate}`, 'current']])
    }
  })

  it('shows the rewrite at POSTROUTING, and that it flips while its own event plays', () => {
    const note = describeScene(layout, timeline, masquerade).gates.postrouting
    expect(note).toMatchObject({
      verdict: 'ok',
      lines: ['nat · MASQUERADE', '172.17.0.2 → 198.51.100.10'],
      changedBy: masquerade,
    })
    expect(describeScene(layout, timeline, masquerade - 1).gates.postrouting).toBeUndefined()
  })

  it('forgets the question when the answer starts', () => {
    const start = timeline.legs[1]?.firstEvent ?? -1
    expect(describeScene(layout, timeline, start).boxes).toEqual({ 'outside:internet': 'current' })
    expect(describeScene(layout, timeline, start).trail).toEqual([])
  })

  it('says at which gate a packet died, and by which rule', () => {
    const marks = describeScene(layout, dropped, dropped.events.length - 1)
    expect(marks.boxes['gate:forward']).toBe('dropped')
    expect(marks.gates.forward?.verdict).toBe('drop')
    expect(marks.callout).toEqual({
      boxId: 'gate:forward',
      tone: 'drop',
      heading: 'Dropped at FORWARD',
      text: '-A DOCKER-ISOLATION-STAGE-2 -o br-4c1f0e2a9d01 -j DROP',
    })
  })

  it('colours a connected way: each piece begins where the one before it ended, or in the same box', () => {
    const marks = describeScene(layout, timeline, timeline.legs[0]?.lastEvent ?? -1)
    expect(marks.trail.length).toBeGreaterThan(6)
    for (const { curve } of marks.trail) expect(curve.length).toBeGreaterThan(0)
  })
})

describe('the packet', () => {
  it('rests exactly where its place is, and never jumps', () => {
    let before: { x: number; y: number } | null = null
    const steps = 4000
    for (let step = 0; step <= steps; step++) {
      const moment = at(timeline, (timeline.duration * step) / steps)
      if (moment === null) throw new Error('the timeline has events')
      const position = placePacket(layout, moment)
      if (position === null) throw new Error('every place of the sample is in the picture')
      const appears = moment.event.from === null
      if (before !== null && !appears) expect(Math.hypot(position.x - before.x, position.y - before.y)).toBeLessThan(25)
      before = position
      if (moment.phase === 'dwell')
        expect(position).toMatchObject({ ...resolveAnchor(layout, moment.event.place)?.rest })
    }
  })

  it('falls out of the gate that drops it, and nowhere else', () => {
    const last = dropped.events.at(-1)
    expect(placePacket(layout, at(dropped, dropped.duration) ?? fail())?.fall).toBe(1)
    expect(placePacket(layout, at(dropped, last?.start ?? 0) ?? fail())?.fall).toBe(0)
    expect(placePacket(layout, at(timeline, timeline.duration) ?? fail())?.fall).toBe(0)
  })

  it('carries its label: protocol, source and target, and the changed word flips', () => {
    const event = timeline.events[masquerade] ?? fail()
    const label = (position: number) => labelPacket(at(timeline, position) ?? fail())
    expect(label(event.start).map((part) => part.text)).toEqual(['ICMP', '172.17.0.2', '→', '203.0.113.80'])
    expect(label(event.settle).map((part) => part.text)).toEqual(['ICMP', '198.51.100.10', '→', '203.0.113.80'])
    const halfway = label(event.arrive + (event.end - event.arrive) * 0.36)
    expect(halfway.filter((part) => part.flipping !== null)).toHaveLength(1)
  })

  it('has a mark of its own on the way back', () => {
    const moment = at(timeline, timeline.duration) ?? fail()
    expect(labelPacket(moment)[0]?.text).toBe('↩ ICMP')
  })
})

describe('travelTrack', () => {
  it('leads from the rest of one place to the rest of the other', () => {
    for (const event of timeline.events) {
      if (event.from === null) continue
      const track = travelTrack(layout, event.from, event.place)
      expect(track?.points[0]).toEqual(resolveAnchor(layout, event.from)?.rest)
      expect(track?.points.at(-1)).toEqual(resolveAnchor(layout, event.place)?.rest)
    }
  })

  it('goes back along the same wire', () => {
    const [a, b] = [
      { kind: 'gate', netns: 'host', gate: 'route' },
      { kind: 'gate', netns: 'host', gate: 'forward' },
    ] as const
    const there = wireBetween(layout, a, b).flat()
    expect(wireBetween(layout, b, a).flat()).toEqual(there.toReversed())
  })

  it('leads a frame from its port to a gate, and to another port, through the bridge', () => {
    const port = { kind: 'device', netns: 'host', device: 'veth8ed2a00' } as const
    const bridge = layout.boxes.find((box) => box.id === 'bridge:docker0') ?? fail()
    const xs = (place: Parameters<typeof wireBetween>[2]) => wireBetween(layout, port, place).flat()
    const enters = (points: readonly { x: number; y: number }[]) =>
      points.some(({ x, y }) => x === bridge.x && y > bridge.y && y < bridge.y + bridge.height)
    expect(enters(xs({ kind: 'gate', netns: 'host', gate: 'prerouting' }))).toBe(true)
    expect(enters(xs({ kind: 'gate', netns: 'host', gate: 'forward' }))).toBe(true)
    expect(enters(xs({ kind: 'device', netns: 'host', device: 'veth8ed2a20' }))).toBe(true)
  })

  it('finds a place for what is not drawn: an unknown device, namespace, LAN and internet address', () => {
    const where = (place: Parameters<typeof resolveAnchor>[1]) => resolveAnchor(layout, place)?.key
    expect(where({ kind: 'device', netns: 'container:container1', device: 'eth9' })).toBe('stack:container:container1')
    expect(where({ kind: 'device', netns: 'container:gone', device: 'eth0' })).toBe('gate:host/local')
    expect(where({ kind: 'device', netns: 'host', device: 'vethgone' })).toBe('gate:host/route')
    expect(where({ kind: 'device', netns: 'host', device: 'lo' })).toBe('gate:host/local')
    expect(where({ kind: 'external', address: '198.51.100.77' })).toBe('external:lan')
    expect(where({ kind: 'external', address: '8.8.8.8' })).toBe('external:internet')
  })
})

function fail(): never {
  throw new Error('the timeline has events')
}
