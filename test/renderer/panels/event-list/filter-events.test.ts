import { describe, expect, it } from 'vitest'
import { filterRows, listRows } from '../../../../src/renderer/panels/event-list/filter-events.ts'
import { buildTimeline } from '../../../../src/renderer/playback/timeline.ts'
import { droppedReport, sampleReport } from '../sample-report.ts'

const ROWS = listRows(buildTimeline(sampleReport()).events)

describe('listRows', () => {
  it('has one row an event, in order, with the rewrite in words', () => {
    expect(ROWS.map((row) => row.index)).toEqual(ROWS.map((_, index) => index))
    const rewrites = ROWS.filter((row) => row.verdict === 'MASQUERADE')
    expect(rewrites).toHaveLength(2)
    expect(rewrites[0]).toMatchObject({
      place: 'nat POSTROUTING',
      detail: 'source becomes 198.51.100.20',
      tone: 'rewrite',
      note: 'ttl 63',
    })
    expect(rewrites[0]?.full).toContain('-A POSTROUTING')
  })

  it('prints the dropping rule in red', () => {
    const last = listRows(buildTimeline(droppedReport()).events).at(-1)
    expect(last).toMatchObject({ verdict: 'DROP', tone: 'stop' })
    expect(last?.detail).toBe('-A DOCKER-ISOLATION-STAGE-2 -o br-aaaaaaaaaaaa -j DROP')
  })
})

describe('filterRows', () => {
  it('narrows by kind', () => {
    expect(filterRows(ROWS, 'rewrites', '').every((row) => row.tone === 'rewrite')).toBe(true)
    expect(filterRows(ROWS, 'rewrites', '')).toHaveLength(4)
    expect(filterRows(ROWS, 'rules', '').map((row) => row.place)).toEqual(['nat POSTROUTING', 'nat POSTROUTING'])
  })

  it('finds every word, also in the rule that the row leaves out', () => {
    expect(filterRows(ROWS, 'all', 'docker0 masquerade')).toHaveLength(2)
    expect(filterRows(ROWS, 'all', 'docker0 nonsense')).toEqual([])
  })
})
