import { describe, expect, test } from 'vitest'
import { parseFlowLine } from '../../../src/cli/args/parse-flow-line.ts'

describe('parseFlowLine', () => {
  test.each([
    [
      '{"from":"web","to":"db","protocol":"icmp","sourcePort":7}',
      { from: 'web', to: 'db', protocol: 'icmp', sourcePort: 7 },
    ],
    ['{"from":"web","to":"db:80","protocol":"tcp"}\r', { from: 'web', to: 'db', protocol: 'tcp', destinationPort: 80 }],
    [
      ' {"from":"web","to":"db","protocol":"udp","destinationPort":53,"ttl":1,"length":400,"dontFragment":false}',
      { from: 'web', to: 'db', protocol: 'udp', destinationPort: 53, ttl: 1, length: 400, dontFragment: false },
    ],
  ])('%s', (line, flow) => {
    expect(parseFlowLine(line)).toEqual({ ok: true, flow })
  })

  // The column is that of the value at fault, or of the character where the text stops being JSON.
  test.each([
    ['{"from":"web","to":"db","protocol":"icmp"', 42, 'not JSON: expected "," or "}"'],
    ['{"from":"web" "to":"db"}', 15, 'not JSON: expected "," or "}"'],
    ["{'from':'web'}", 2, 'not JSON: expected a string'],
    ['{"from":"web"} x', 16, 'not JSON: expected the end of the text'],
    ['{"from":nope}', 9, 'not JSON: expected a JSON value'],
    ['{"from":"we\\x"}', 12, 'not JSON: expected the end of the string'],
    ['["web","db"]', 1, 'flow must be an object'],
    ['{"from":"web","to":"db"}', 1, 'flow.protocol must be one of icmp, tcp, udp'],
    ['{"from":"web","to":7,"protocol":"icmp"}', 20, 'flow.to must be a text'],
    ['{"from":"web","to":"db","protocol":"gre"}', 36, 'flow.protocol must be one of icmp, tcp, udp'],
    ['{"from":"web","to":"db","protocol":"tcp"}', 36, '"protocol" tcp needs a port: "destinationPort" N, or "to":N'],
    ['{"from":"web","to":"db","protocol":"tcp","port":80}', 49, 'flow.port is not known'],
    [
      '{"from":"web","to":"db","protocol":"tcp","destinationPort":70000}',
      60,
      'flow.destinationPort must be a whole number from 0 to 65535',
    ],
    [
      '{"from":"web","to":"db","protocol":"tcp","destinationPort":0}',
      60,
      '"destinationPort": "0" is not a whole number from 1 to 65535',
    ],
    [
      '{"from":"\\"to\\"","to":"a b","protocol":"icmp"}',
      23,
      '"to": "a b" is not a container, host, external, an IP address or a DNS name',
    ],
  ])('%s is refused at column %i', (line, column, problem) => {
    expect(parseFlowLine(line)).toEqual({ ok: false, column, problem })
  })
})
