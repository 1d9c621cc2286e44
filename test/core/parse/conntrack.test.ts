import { describe, expect, it } from 'vitest'
import { parseConntrack } from '../../../src/core/parse/conntrack.ts'

/** Lines of `conntrack -L -o extended`. */
describe('parseConntrack', () => {
  it('reads both directions of a translated TCP connection', () => {
    const line =
      'ipv4     2 tcp      6 431999 ESTABLISHED src=172.17.0.2 dst=203.0.113.80 sport=40000 dport=80 src=203.0.113.80 dst=198.51.100.20 sport=80 dport=40000 [ASSURED] mark=5 zone=3 use=1'
    expect(parseConntrack(line)).toEqual({
      value: [
        {
          family: 4,
          protocol: 'tcp',
          timeoutSeconds: 431999,
          state: 'ESTABLISHED',
          original: { src: '172.17.0.2', dst: '203.0.113.80', sourcePort: 40000, destinationPort: 80 },
          reply: { src: '203.0.113.80', dst: '198.51.100.20', sourcePort: 80, destinationPort: 40000 },
          flags: ['ASSURED'],
          mark: 5,
          zone: 3,
        },
      ],
      problems: [],
    })
  })

  it('takes the echo id for the source port, and keeps protocols without a name by their number', () => {
    const lines = `ipv4     2 icmp     1 29 src=172.17.0.2 dst=203.0.113.80 type=8 code=0 id=7 src=203.0.113.80 dst=198.51.100.20 type=0 code=0 id=7 mark=0 use=1
ipv4     2 unknown  2 331 src=172.17.0.1 dst=224.0.0.22 [UNREPLIED] src=224.0.0.22 dst=172.17.0.1 mark=0 use=1`
    expect(parseConntrack(lines).value).toMatchObject([
      { protocol: 'icmp', state: null, original: { sourcePort: 7 }, reply: { sourcePort: 7 } },
      { protocol: '2', flags: ['UNREPLIED'] },
    ])
  })

  it('says which line it cannot read', () => {
    expect(parseConntrack('\nnonsense')).toMatchObject({ value: [], problems: [{ line: 2 }] })
  })
})
