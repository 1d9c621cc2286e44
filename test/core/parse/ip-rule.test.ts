import { describe, expect, it } from 'vitest'
import { parseIpRule } from '../../../src/core/parse/ip-rule.ts'

const parse = (rule: object) => parseIpRule(JSON.stringify([rule]), 4).value?.[0]

describe('parseIpRule', () => {
  it.each([
    [
      '32766: from all lookup main',
      { priority: 32766, src: 'all', table: 'main', protocol: 'kernel' },
      { from: null, action: 'table', table: 'main', unsupported: [] },
    ],
    [
      '100: not from 10.1.0.0/16 to 192.0.2.1 fwmark 0x1/0xff iif docker0 lookup 200',
      {
        priority: 100,
        not: null,
        src: '10.1.0.0',
        srclen: 16,
        dst: '192.0.2.1',
        fwmark: '0x1',
        fwmask: '0xff',
        iif: 'docker0',
        table: '200',
      },
      {
        not: true,
        from: '10.1.0.0/16',
        to: '192.0.2.1/32',
        mark: { value: 1, mask: 255 },
        inDevice: 'docker0',
        action: 'table',
      },
    ],
    [
      '5: from 192.0.2.7 blackhole',
      { priority: 5, src: '192.0.2.7', action: 'blackhole' },
      { action: 'blackhole', table: null },
    ],
    [
      '10: from all lookup main suppress_prefixlength 0',
      { priority: 10, src: 'all', table: 'main', suppress_prefixlen: 0 },
      { suppressPrefixLength: 0 },
    ],
  ])('%s', (text, json, expected) => {
    expect(parse(json)).toMatchObject({ ...expected, text })
  })

  it('lists the selectors that the model does not have', () => {
    const rule = parse({ priority: 1, src: 'all', ipproto: 'tcp', dport: 80, table: 'main' })
    expect(rule?.unsupported).toEqual(['ipproto "tcp"', 'dport 80'])
  })
})
