import { describe, expect, it } from 'vitest'
import type { Flow } from '../../../src/core/trace/flow.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { estimateWidth } from '../../../src/renderer/layout/fonts.ts'
import { layoutHost } from '../../../src/renderer/layout/layout-host.ts'
import { resolveAnchor } from '../../../src/renderer/layout/travel.ts'
import { placeKey } from '../../../src/renderer/playback/place.ts'
import { at, buildTimeline } from '../../../src/renderer/playback/timeline.ts'
import { describeScene } from '../../../src/renderer/scene/describe-scene.ts'
import { placePacket } from '../../../src/renderer/scene/place-packet.ts'
import { RULES_20, RULES_28 } from '../../support/docker-rules.ts'
import { standardHost } from '../../support/scene.ts'

const FLOWS: readonly (readonly [string, Flow])[] = [
  ['container to the internet', { from: 'c1', to: '203.0.113.80', protocol: 'icmp' }],
  ['container to container on one bridge', { from: 'c1', to: 'c2', protocol: 'icmp' }],
  ['container to another bridge', { from: 'c1', to: '172.19.0.2', protocol: 'icmp' }],
  ['container to a published port of its host', { from: 'c1', to: '198.51.100.10:18080', protocol: 'tcp' }],
  ['host to container', { from: 'host', to: 'c1', protocol: 'icmp' }],
  ['outside to a published port', { from: 'external', to: '198.51.100.10:8080', protocol: 'tcp' }],
  ['container to its gateway', { from: 'c1', to: '172.17.0.1', protocol: 'icmp' }],
  ["by name on a network of one's own", { from: 'b1', to: 'b2', protocol: 'icmp' }],
]

const HOSTS = [
  ['20.10', standardHost(RULES_20)],
  ['28', standardHost(RULES_28)],
] as const

const CASES = HOSTS.flatMap(([generation, host]) =>
  FLOWS.map(([name, flow]) => [`${name} under the rules of ${generation}`, host, flow] as const),
)

describe.each(CASES)('the trace of %s', (_, host, flow) => {
  const layout = layoutHost(host, estimateWidth)
  const traced = traceFlow(host, flow)
  if (!traced.ok) throw new Error(JSON.stringify(traced))
  const timeline = buildTimeline(traced.report)

  it('has a place of its own in the picture for every event', () => {
    expect(timeline.events.length).toBeGreaterThan(3)
    for (const event of timeline.events) {
      const anchor = resolveAnchor(layout, event.place)
      // Only the outside's address and a namespace's loop stand for something larger.
      if (event.place.kind !== 'external') expect(anchor?.key).toBe(placeKey(event.place))
      else expect(anchor?.boxId).toMatch(/^outside:/)
    }
  })

  it('moves the packet without a jump, and colours a wire for every move between boxes', () => {
    let before: { readonly x: number; readonly y: number } | null = null
    for (let step = 0; step <= 6000; step++) {
      const moment = at(timeline, (timeline.duration * step) / 6000)
      const position = moment && placePacket(layout, moment)
      if (!moment || !position) throw new Error('every place is in the picture')
      if (before !== null && moment.event.from !== null) {
        expect(Math.hypot(position.x - before.x, position.y - before.y)).toBeLessThan(60)
      }
      before = position
    }
    for (const leg of timeline.legs) {
      for (const { curve } of describeScene(layout, timeline, leg.lastEvent).trail)
        expect(curve.length).toBeGreaterThan(0)
    }
  })

  it('ends in the red exactly where the trace does not arrive', () => {
    for (const leg of timeline.legs) {
      const { callout } = describeScene(layout, timeline, leg.lastEvent)
      const arrives = leg.disposition === 'delivered' || leg.disposition === 'leaves-host'
      expect(callout === null).toBe(arrives)
    }
  })

  it('hands the headers over from step to step and from hop to hop', () => {
    for (const event of timeline.events) {
      const next = timeline.events[event.index + 1]
      if (next === undefined || next.from === null || next.step?.kind === 'originate') continue
      // Handing a packet to `lo` gives it the loop's all-zero addresses, which no step claims.
      if (next.hop.kind === 'loopback' && event.hop.kind !== 'loopback') continue
      expect(next.before, `after event ${event.index}`).toEqual(event.after)
    }
  })
})
