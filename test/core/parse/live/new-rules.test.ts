import { describe, expect, it } from 'vitest'
import { findRuleTexts } from '../../../../src/core/parse/live/rule-texts.ts'

const listing = (handles: readonly number[]) => ({
  json: JSON.stringify({
    nftables: handles.map((handle) => ({
      rule: { family: 'ip', table: 'filter', chain: 'DOCKER-USER', handle, expr: [] },
    })),
  }),
  text: '',
})
const save = (lines: readonly string[]) => ['*filter', ...lines, 'COMMIT', ''].join('\n')
const known = '[3:252] -A DOCKER-USER -j RETURN'
const fresh = '[1:84] -A DOCKER-USER -s 172.17.0.2/32 -j DROP'

describe('rules that come while a probe is watched', () => {
  const saves = [{ family: 'ip', backend: 'nft', before: save([known]), after: save([fresh, known]) }] as const

  it('are named by the listing of the end, and all others by that of the beginning', () => {
    const { value, problems } = findRuleTexts({
      nftListing: listing([9]),
      nftListingAfter: listing([12, 9]),
      saves,
    })
    expect(problems).toEqual([])
    expect(value('ip', 'filter', 'DOCKER-USER', 12)).toBe('-A DOCKER-USER -s 172.17.0.2/32 -j DROP')
    expect(value('ip', 'filter', 'DOCKER-USER', 9)).toBe('-A DOCKER-USER -j RETURN')
  })

  it('are not known where nothing was listed at the end', () => {
    const { value } = findRuleTexts({ nftListing: listing([9]), saves })
    expect(value('ip', 'filter', 'DOCKER-USER', 12)).toBeNull()
  })
})
