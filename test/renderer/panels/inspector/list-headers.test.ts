import { describe, expect, it } from 'vitest'
import { icmpWords, listHeaders } from '../../../../src/renderer/panels/inspector/list-headers.ts'
import { ECHO, MASQUERADE, step } from '../sample-report.ts'

const HOP = { netns: 'host', device: null, kind: 'stack', packet: ECHO, frames: [], steps: [] } as const

function rowsOf(steps: Parameters<typeof listHeaders>[0]['steps']): Record<string, string> {
  return Object.fromEntries(
    listHeaders({ ...HOP, steps }).map((row) => [
      row.field,
      row.after === null ? row.before : `${row.before} > ${row.after}`,
    ]),
  )
}

describe('listHeaders', () => {
  it('shows what arrived and what the steps changed', () => {
    expect(rowsOf([MASQUERADE])).toMatchObject({
      'ip.src': '172.17.0.2 > 198.51.100.20',
      'ip.dst': '203.0.113.80',
      'ip.ttl': '64',
      icmp: 'echo request, id 4242, seq 1',
    })
  })

  it('folds two changes of one field, and drops a change that was taken back', () => {
    const change = (before: string, after: string) =>
      step({ kind: 'exit', device: 'x' }, '', [{ field: 'ip.src', before, after }])
    expect(rowsOf([change('172.17.0.2', '10.0.0.1'), change('10.0.0.1', '10.0.0.2')])['ip.src']).toBe(
      '172.17.0.2 > 10.0.0.2',
    )
    expect(rowsOf([change('172.17.0.2', '10.0.0.1'), change('10.0.0.1', '172.17.0.2')])['ip.src']).toBe('172.17.0.2')
  })

  it('keeps a changed field that the packet has no row for', () => {
    const mark = step({ kind: 'exit', device: 'x' }, '', [{ field: 'mark', before: '', after: '0x1' }])
    expect(rowsOf([mark])['mark']).toBe('— > 0x1')
  })

  it('shows ports for TCP and the question for ARP', () => {
    const { icmp: _, ...plain } = ECHO
    const tcp = { ...plain, protocol: 'tcp', sourcePort: 40000, destinationPort: 80, tcpFlags: ['syn'] } as const
    const fields = listHeaders({ ...HOP, packet: tcp }).map((row) => row.field)
    expect(fields).toContain('tcp.srcport')
    expect(fields).toContain('tcp.flags')
    const arp = listHeaders({ ...HOP, packet: { ...plain, protocol: 'arp', arp: 'request' } })
    expect(arp[0]).toMatchObject({ field: 'arp', before: 'request: who has' })
  })
})

describe('icmpWords', () => {
  it('names what it knows and numbers what it does not', () => {
    expect(icmpWords({ type: 3, code: 4, mtu: 1400 }, 4)).toBe('unreachable, code 4, mtu 1400')
    expect(icmpWords({ type: 129, code: 0, id: 1, sequence: 2 }, 6)).toBe('echo reply, id 1, seq 2')
    expect(icmpWords({ type: 42, code: 1 }, 4)).toBe('type 42, code 1')
  })
})
