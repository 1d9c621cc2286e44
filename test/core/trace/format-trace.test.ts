import { describe, expect, it } from 'vitest'
import { formatReport, formatTrace } from '../../../src/core/trace/format-trace.ts'
import { RULES_28 } from '../../support/docker-rules.ts'
import { standardHost } from '../../support/scene.ts'
import { mainOf, ping, syn, trace } from '../../support/trace-words.ts'

describe('formatTrace', () => {
  it('writes a place, a frame or a step to a line', () => {
    const report = trace(standardHost(RULES_28), ping('c1', '172.19.0.2'))
    expect(formatTrace(mainOf(report).forward).split('\n')).toEqual([
      '    container:c1 - (stack)',
      '      originate: by c1',
      '      route: forward default via 172.17.0.1 dev eth0 table main',
      '      neighbor: 172.17.0.1 dev eth0 02:42:ac:11:00:01 valid {eth.src  -> 02:42:ac:11:00:02, eth.dst  -> 02:42:ac:11:00:01}',
      '    container:c1 eth0 (veth)',
      '      [out] 172.17.0.2 > 172.19.0.2 ICMP echo request id 1 seq 0 ttl 64 length 84 (02:42:ac:11:00:02 > 02:42:ac:11:00:01)',
      '      exit: eth0',
      '      cross: eth0 to host vethc1',
      '    host vethc1 (veth)',
      '      [in] 172.17.0.2 > 172.19.0.2 ICMP echo request id 1 seq 0 ttl 64 length 84 (02:42:ac:11:00:02 > 02:42:ac:11:00:01)',
      '      enter: vethc1',
      '      rule: ip raw -A PREROUTING -d 172.19.0.2/32 ! -i brB -j DROP [prerouting] drop DROP',
      expect.stringMatching(/^ {4}= dropped: /),
    ])
  })

  it('begins a report with its flow, and says which exchange was asked about', () => {
    const text = formatReport(trace(standardHost(RULES_28), syn('c1', '198.51.100.10', 18080)))
    expect(text.split('\n')[0]).toBe('c1 -> 198.51.100.10 tcp on docker 28.5.2: delivered')
    expect(text).toContain('== TCP SYN (main)')
    expect(text).toContain('== docker-proxy TCP SYN\n')
    expect(text).not.toContain('undefined')
  })
})
