import { describe, expect, it } from 'vitest'
import { formatDelay, listLanes, markerAt } from '../../../../src/renderer/panels/lanes/list-lanes.ts'
import { buildLiveTimeline } from '../../../../src/renderer/playback/live-timeline.ts'
import type { Leg } from '../../../../src/renderer/playback/timeline.ts'
import { AGREEING, PARTING } from '../../support/live-sample.ts'

const agreeing = buildLiveTimeline(AGREEING).timeline
const parting = buildLiveTimeline(PARTING).timeline

describe('listLanes', () => {
  it('has the same hops in both lanes where they agree, with the time between frames', () => {
    const columns = listLanes(AGREEING, agreeing, agreeing.legs[0] as Leg)
    expect(columns.map(({ predicted }) => predicted?.name)).toEqual(columns.map(({ observed }) => observed?.name))
    expect(columns.map(({ delay }) => (delay === null ? null : Math.round(delay * 10) / 10))).toEqual([
      null,
      0,
      4.7,
      4.7,
      null,
      4.7,
      null,
    ])
    expect(columns.some(({ parts }) => parts)).toBe(false)
  })

  it('goes on with the time of the question in the answer', () => {
    const columns = listLanes(AGREEING, agreeing, agreeing.legs[1] as Leg)
    expect(columns[1]?.delay).toBeCloseTo(4.7)
  })

  it('marks where they part, and leaves the observed lane empty behind that', () => {
    const columns = listLanes(PARTING, parting, parting.legs[0] as Leg)
    expect(columns.filter(({ parts }) => parts).map(({ observed }) => observed?.name)).toEqual(['host stack'])
    expect(columns.map(({ observed }) => observed !== null)).toEqual([true, true, true, true, true, false, false])
    expect(columns.every(({ predicted }) => predicted !== null)).toBe(true)
  })

  it('has one lane alone for an answer that only one side has', () => {
    const columns = listLanes(PARTING, parting, parting.legs[1] as Leg)
    expect(columns.every(({ predicted, observed }) => predicted !== null && observed === null)).toBe(true)
  })
})

describe('markerAt', () => {
  it('moves both markers alike until the two part; then the observed one waits where the packet ended', () => {
    const columns = listLanes(PARTING, parting, parting.legs[0] as Leg)
    const third = columns[2]
    const middle = ((third?.start ?? 0) + (third?.end ?? 0)) / 2
    expect(markerAt(columns, 'predicted', middle)).toBeCloseTo(2.5)
    expect(markerAt(columns, 'observed', middle)).toBeCloseTo(2.5)
    const late = columns[5]?.end ?? 0
    expect(markerAt(columns, 'predicted', late - 0.01)).toBeGreaterThan(5.5)
    expect(markerAt(columns, 'observed', late - 0.01)).toBe(4.5)
  })
})

describe('formatDelay', () => {
  it.each([
    [0, '0.0 µs'],
    [4.71, '4.7 µs'],
    [83.4, '83 µs'],
    [1234, '1.2 ms'],
    [56_000, '56 ms'],
    [3_120_000, '3.1 s'],
  ])('%s is %s', (microseconds, text) => expect(formatDelay(microseconds)).toBe(text))
})
