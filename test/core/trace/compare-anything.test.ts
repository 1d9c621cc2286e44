import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareReports, type ReportComparison } from '../../../src/core/trace/compare-reports.ts'
import type { TraceReport } from '../../../src/core/trace/trace-report.ts'
import { RULES_20 } from '../../support/docker-rules.ts'
import { changeHop, changeTrace, observeReport } from '../../support/observe-report.ts'
import { standardHost } from '../../support/scene.ts'
import { datagram, ping, syn, trace } from '../../support/trace-words.ts'
import { listBreaks } from './break-report.ts'

const host = standardHost(RULES_20)
const ends = ['c1', 'c2', 'web', 'b1', 'b2', 'host', '203.0.113.80', '172.17.0.1', '172.19.0.2']
const flows = fc
  .record({
    from: fc.constantFrom('c1', 'c2', 'web', 'b1', 'host'),
    to: fc.constantFrom(...ends),
    protocol: fc.constantFrom('icmp', 'tcp', 'udp'),
    port: fc.constantFrom(80, 8080, 18080, 81),
  })
  .map(({ from, to, protocol, port }) =>
    protocol === 'icmp' ? ping(from, to) : protocol === 'tcp' ? syn(from, to, port) : datagram(from, to, port),
  )
const reports = flows.map((flow) => trace(host, flow, { tried: true }))

/** The place of a comparison's first difference, by the observed or the predicted hop. */
function placeOfFirst(compared: ReportComparison): unknown {
  const { first, exchanges } = compared
  if (first === null || first.hop === null) return first
  const { direction } = first
  const hop = exchanges[first.exchange]?.[direction][first.hop]
  return { exchange: exchanges[first.exchange]?.predicted, direction, hop: hop?.predicted ?? hop?.observed }
}

describe('compareReports over any flow', () => {
  it('agrees with the same report as it is seen', () => {
    fc.assert(
      fc.property(reports, (report) => {
        expect(compareReports(report, observeReport(report), host)).toMatchObject({ agrees: true, divergence: null })
      }),
      { numRuns: 200 },
    )
  })

  it('finds any one thing that is broken, at its place, and says so in a sentence', () => {
    fc.assert(
      fc.property(reports, fc.nat(), (report, nth) => {
        const breaks = listBreaks(observeReport(report))
        const one = breaks[nth % breaks.length]
        fc.pre(one !== undefined)
        if (one === undefined) return
        const compared = compareReports(report, one.apply(), host)
        expect(compared.agrees, one.what).toBe(false)
        expect(placeOfFirst(compared), one.what).toEqual({
          exchange: one.exchange,
          direction: one.direction,
          hop: one.hop,
        })
        expect(compared.divergence).toMatch(/^[A-Z].*\.$/)
      }),
      { numRuns: 600 },
    )
  })

  it('finds a TTL that is off after the first frame, also in an assumed answer', () => {
    fc.assert(
      fc.property(reports, fc.nat(), fc.constantFrom(-1, 1, 5), (report, nth, by) => {
        const observed = observeReport(report)
        const places = framesBehindTheFirst(observed)
        fc.pre(places.length > 0)
        const place = places[nth % places.length]
        if (place === undefined) return
        const broken = changeTrace(observed, place, (each) =>
          changeHop(each, place.hop, (hop) => ({
            ...hop,
            frames: hop.frames.map((frame) => ({ ...frame, ttl: frame.ttl + by })),
          })),
        )
        const compared = compareReports(report, broken, host)
        expect(compared.agrees).toBe(false)
        expect(placeOfFirst(compared)).toEqual(place)
        expect(compared.divergence).toContain('TTL')
      }),
      { numRuns: 200 },
    )
  })
})

function framesBehindTheFirst(report: TraceReport) {
  return report.exchanges.flatMap((exchange, at) =>
    (['forward', 'reply'] as const).flatMap((direction) => {
      const hops = exchange[direction]?.hops ?? []
      const shown = hops.flatMap((hop, index) => (hop.frames.length > 0 ? [index] : []))
      return shown.slice(1).map((hop) => ({ exchange: at, direction, hop }))
    }),
  )
}
