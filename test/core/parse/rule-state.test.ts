import { describe, expect, it } from 'vitest'
import { parseRuleState } from '../../../src/core/parse/rule-state.ts'

const TEXT = `= xt_recent/six
src=2001:0db8:0000:0000:0000:0000:0000:0001 ttl: 64 last_seen: 4298576917 oldest_pkt: 4 4298576917, 4298576917, 4298576917, 4298576917
= xt_recent/empty
= xt_recent/with space
src=127.0.0.1 ttl: 63 last_seen: 4298576917 oldest_pkt: 1 4298576917
= ipt_hashlimit/hh
59 127.0.0.1:0->0.0.0.0:99 5497558138880 3298534872000000 1649267436000000
= ip6t_hashlimit/h6
-1 2001:0db8:0000:0000:0000:0000:0000:0001:0->0000:0000:0000:0000:0000:0000:0000:0000:0 3 9 1
= ip_vs
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A000001:0050 rr
  -> 0A000002:0050      Masq    1      0          0
FWM  00000100 rr
= xfrm
\t SPD IN  1 OUT 2 FWD 0
`

describe('parseRuleState', () => {
  it('reads lists, buckets, services and policies', () => {
    const { value, problems } = parseRuleState(TEXT)
    expect(problems).toEqual([])
    expect(value.recent).toEqual([
      { name: 'six', entries: [{ address: '2001:db8::1', ttl: 64, times: 4 }] },
      { name: 'empty', entries: [] },
      { name: 'with space', entries: [{ address: '127.0.0.1', ttl: 63, times: 1 }] },
    ])
    const ends = { sourcePort: 0, destination: '0.0.0.0', destinationPort: 99 }
    expect(value.hashlimit).toEqual([
      {
        family: 4,
        name: 'hh',
        buckets: [{ source: '127.0.0.1', ...ends, credit: 5497558138880, cost: 1649267436000000 }],
      },
      {
        family: 6,
        name: 'h6',
        buckets: [{ source: '2001:db8::1', ...ends, destination: '::', destinationPort: 0, credit: 3, cost: 1 }],
      },
    ])
    expect([value.ipvsServices, value.ipsecPolicies]).toEqual([2, 3])
  })

  it('says what it cannot read, with its line, and reads the rest', () => {
    const { value, problems } = parseRuleState(
      '= xt_recent/a\nsrc=10.0.0.1 ttl: 64\nsrc=nobody\n= xfrm\nnot supported\n',
    )
    expect(problems.map(({ line }) => line)).toEqual([2, 3])
    expect(value).toEqual({ recent: [{ name: 'a', entries: [] }], hashlimit: [], ipvsServices: 0, ipsecPolicies: null })
  })
})
