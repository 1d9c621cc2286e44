import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { observeReport } from '../../../src/core/observe/observe-report.ts'
import { assembleObservation } from '../../../src/core/parse/live/assemble-observation.ts'
import type { RawObservation } from '../../../src/core/parse/live/raw-observation.ts'
import { checkReport } from '../../../src/core/trace/check-trace.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { loadLive } from '../../fixtures/load-live.ts'

const { state, cases } = loadLive('docker-28')
const [anyCase] = cases
if (anyCase === undefined) throw new Error('no cases')

const words = [
  'trace id a1 ip filter FORWARD packet: ',
  'trace id a1 ip nat X rule ',
  '# handle 4 (verdict accept)',
  '\n',
  ' policy ',
  '*filter\n',
  '[1:1] -A FORWARD',
  'skbaddr=',
  ' kfree_skb: ',
  '{"nftables":[{"rule":{}}]}',
] as const
const text = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 12 })), { maxLength: 20 })
  .map((parts) => parts.join(''))

describe('assembleObservation', () => {
  it('takes whatever tools print, and never throws', () => {
    const raw = fc.record({
      pcap: fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null }),
      nftTrace: fc.option(text, { nil: null }),
      nftListing: fc.option(fc.record({ json: text, text }), { nil: null }),
      before: text,
      after: text,
      drops: text,
    })
    fc.assert(
      fc.property(raw, ({ pcap, nftTrace, nftListing, before, after, drops }) => {
        const observation: RawObservation = {
          namespaces: [
            {
              netns: 'host',
              devices: {},
              pcap,
              nftTrace,
              nftListing,
              lacks: [],
              saves: [{ family: 'ip', backend: 'nft', before, after }],
            },
          ],
          drops: { text: drops, clockOffset: 0 },
          sender: { outcome: 'silence', detail: '', roundTrip: null },
        }
        const { value, problems } = assembleObservation(observation)
        expect(value.watched).toHaveLength(1)
        for (const { message } of problems) expect(message).not.toBe('')
      }),
    )
  })

  it('says where a capture is damaged', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), (place, value) => {
        const namespaces = anyCase.raw.namespaces.map((each) => {
          const pcap = each.pcap?.slice() ?? new Uint8Array(0)
          if (pcap.length > 0) pcap[place % pcap.length] = value
          return { ...each, pcap }
        })
        for (const { path } of assembleObservation({ ...anyCase.raw, namespaces }).problems)
          expect(path).toMatch(/^byte \d+$/)
      }),
    )
  })
})

describe('observeReport', () => {
  it('makes a sound report of any part of what was seen', () => {
    const part = fc.record({
      at: fc.nat(cases.length - 1),
      keep: fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
      share: fc.integer({ min: 0, max: 9 }),
      outcome: fc.constantFrom('reply', 'refused', 'unreachable', 'silence', 'not-sent', 'unable', 'error'),
    })
    fc.assert(
      fc.property(part, ({ at, keep, share, outcome }) => {
        const live = cases[at]
        if (live === undefined) return
        const { value } = assembleObservation(live.raw)
        const some = <T>(list: readonly T[]): readonly T[] => list.filter(() => (keep.next().value ?? 0) <= share)
        const traced = traceFlow(state, live.flow)
        if (!traced.ok) throw new Error(traced.problem.message)
        const observation = {
          ...value,
          frames: some(value.frames),
          rules: some(value.rules),
          drops: some(value.drops),
          counters: some(value.counters),
          watched: some(value.watched),
          sender: { outcome, detail: outcome === 'not-sent' ? 'EPERM' : '', roundTrip: null },
        } as const
        const report = observeReport({ state, flow: live.flow, predicted: traced.report, observation })
        expect(checkReport(report)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
