import { describe, expect, it } from 'vitest'
import { placeKey } from '../../../src/renderer/playback/place.ts'
import {
  at,
  buildTimeline,
  eventIndexAt,
  neighbouringHop,
  neighbouringStep,
  type TimelineEvent,
} from '../../../src/renderer/playback/timeline.ts'
import { droppedReport, sampleReport } from '../support/sample-report.ts'

const report = sampleReport()
const timeline = buildTimeline(report)
const masquerade = timeline.events.find(
  (each) => each.step?.kind === 'rule' && each.step.verdict === 'masquerade',
) as TimelineEvent

describe('buildTimeline', () => {
  it('has one event for each step, and one for a hop without steps, forward before reply', () => {
    const traces = report.exchanges.flatMap((each) => (each.reply ? [each.forward, each.reply] : [each.forward]))
    const steps = traces.flatMap((trace) => trace.hops).map((hop) => Math.max(1, hop.steps.length))
    expect(timeline.events).toHaveLength(steps.reduce((sum, each) => sum + each, 0))
    expect(timeline.ticks).toHaveLength(traces.flatMap((trace) => trace.hops).length)
    expect(timeline.legs.map((leg) => leg.direction)).toEqual(['forward', 'reply'])
  })

  it('leaves no gap and no overlap in time', () => {
    let clock = 0
    for (const event of timeline.events) {
      expect(event.start).toBe(clock)
      expect(event.arrive).toBeGreaterThanOrEqual(event.start)
      expect(event.settle).toBeGreaterThan(event.arrive)
      expect(event.end).toBeGreaterThan(event.settle)
      clock = event.end
    }
    expect(timeline.duration).toBe(clock)
  })

  it('puts every step of the host at its gate, in the order of the packet path', () => {
    const places = timeline.events
      .filter((event) => event.direction === 'forward')
      .map((event) => placeKey(event.place))
    expect([...new Set(places)]).toEqual([
      'stack:container:container1',
      'device:container:container1/eth0',
      'device:host/veth8ed2a00',
      'device:host/docker0',
      'gate:host/prerouting',
      'gate:host/route',
      'gate:host/forward',
      'gate:host/postrouting',
      'device:host/ens5',
      'external:203.0.113.80',
    ])
  })

  it('takes longer between devices than between gates, and no time within one place', () => {
    const travel = (from: string, to: string) => {
      const event = timeline.events.find(
        (each) => each.from && placeKey(each.from) === from && placeKey(each.place) === to,
      )
      return event === undefined ? Number.NaN : event.arrive - event.start
    }
    const device = travel('device:host/veth8ed2a00', 'device:host/docker0')
    const gate = travel('gate:host/route', 'gate:host/forward')
    expect(device).toBeGreaterThan(gate)
    expect(gate).toBeGreaterThan(0)
    const still = timeline.events.filter((each) => each.from && placeKey(each.from) === placeKey(each.place))
    expect(still.length).toBeGreaterThan(0)
    for (const event of still) expect(event.arrive).toBe(event.start)
  })

  it('knows the headers before and after each step from the differences', () => {
    expect(masquerade.before.src).toBe('172.17.0.2')
    expect(masquerade.after.src).toBe('198.51.100.10')
    const next = timeline.events[masquerade.index + 1] as TimelineEvent
    expect(next.before).toEqual(masquerade.after)
  })

  it('starts an answer where it is sent and not where the question ended', () => {
    const reply = timeline.legs[1]
    expect(timeline.events[reply?.firstEvent ?? -1]?.from).toBeNull()
  })

  it('is empty for a report without exchanges', () => {
    const empty = buildTimeline({ ...report, exchanges: [] })
    expect(empty.duration).toBe(0)
    expect(at(empty, 3)).toBeNull()
    expect(neighbouringStep(empty, 0, 1)).toBe(0)
    expect(neighbouringHop(empty, 0, 1)).toBe(0)
  })

  it('keeps a bridged frame that meets netfilter at the gates, and back at the bridge after it', () => {
    const base = droppedReport()
    const bridge = base.exchanges[0]?.forward.hops.find((hop) => hop.kind === 'bridge')
    const stack = base.exchanges[0]?.forward.hops.find((hop) => hop.netns === 'host' && hop.kind === 'stack')
    if (!bridge || !stack) throw new Error('the sample has both')
    const hop = { ...bridge, steps: [...stack.steps.slice(0, 1), ...bridge.steps] }
    const exchange = { label: 'x', protocol: 'icmp', main: true, reply: null } as const
    const made = buildTimeline({
      ...base,
      exchanges: [{ ...exchange, forward: { disposition: 'delivered', reason: '', hops: [hop] } }],
    })
    expect(made.events.map((event) => placeKey(event.place))).toEqual(['gate:host/prerouting', 'device:host/docker0'])
  })
})

describe('at', () => {
  it('finds the event of every position, also beyond both ends', () => {
    for (const event of timeline.events) {
      expect(eventIndexAt(timeline, event.start)).toBe(event.index)
      expect(eventIndexAt(timeline, (event.start + event.end) / 2)).toBe(event.index)
    }
    expect(at(timeline, -5)?.event.index).toBe(0)
    expect(at(timeline, timeline.duration + 5)?.event.index).toBe(timeline.events.length - 1)
  })

  it('shows the old headers on the way to a rewrite and the new ones once it is done', () => {
    expect(at(timeline, masquerade.start)?.packet.src).toBe('172.17.0.2')
    expect(at(timeline, masquerade.settle)?.packet.src).toBe('198.51.100.10')
  })

  it('gives the same moment whichever way the scrubber came', () => {
    const positions = Array.from({ length: 50 }, (_, index) => (timeline.duration * index) / 49)
    const forth = positions.map((position) => at(timeline, position))
    const back = positions.toReversed().map((position) => at(timeline, position))
    expect(back.toReversed()).toEqual(forth)
  })
})

describe('stepping', () => {
  it('visits every event by steps and every hop by hops, there and back', () => {
    const walk = (move: (position: number) => number, from: number) => {
      const seen: number[] = []
      let position = from
      for (let next = move(position); next !== position; next = move(position)) {
        position = next
        seen.push(eventIndexAt(timeline, position))
      }
      return seen
    }
    const all = timeline.events.map((event) => event.index)
    expect(walk((p) => neighbouringStep(timeline, p, 1), timeline.events[0]?.settle ?? 0)).toEqual(all.slice(1))
    expect(walk((p) => neighbouringStep(timeline, p, -1), timeline.duration)).toEqual(all.toReversed().slice(1))
    const firsts = timeline.ticks.map((tick) => tick.firstEvent)
    expect(walk((p) => neighbouringHop(timeline, p, 1), timeline.events[0]?.settle ?? 0)).toEqual(firsts.slice(1))
  })
})
