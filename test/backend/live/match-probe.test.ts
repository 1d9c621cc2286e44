import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { foreignFilter, foreignMatches } from '../../../src/backend/live/match-foreign.ts'
import { captureFilter, traceMatches } from '../../../src/backend/live/match-probe.ts'
import type { ProbeMarks, SentKind } from '../../../src/backend/live/probe-marks.ts'
import { traceTable } from '../../../src/backend/live/trace-table.ts'

const identity = { ipId: 0x1234, cookie: '00112233445566ff', isn: 1_000_000, sequence: 0x4321 }
const marksOf = (kind: SentKind, family: 4 | 6 = 4, length = 84): ProbeMarks => ({
  kind,
  family,
  identity,
  sourcePort: 40_001,
  length,
  companions: [{ address: family === 4 ? '172.17.0.2' : '2001:db8::2', port: 80 }],
  neighbors: family === 4 ? [] : ['2001:db8::3'],
})
const kinds: readonly SentKind[] = ['icmp', 'udp', 'dns', 'syn', 'connect', 'http']
const families = [4, 6] as const
const everyMarks = kinds.flatMap((kind) =>
  families.flatMap((family) => [84, 24, 3000].map((length) => [kind, family, length] as const)),
)

/** Compiles a filter as tcpdump will, without any capture. */
const compiles = (filter: string) => spawnSync('tcpdump', ['-y', 'LINUX_SLL2', '-d', filter]).status

describe('the filter for tcpdump', () => {
  it.skipIf(!existsSync('/usr/bin/tcpdump')).each(everyMarks)('compiles for %s over IPv%i of %i bytes', (...parts) => {
    expect(compiles(captureFilter(marksOf(...parts)))).toBe(0)
  })

  it('knows an echo request by its cookie alone, whatever NAT makes of its id', () => {
    expect(captureFilter({ ...marksOf('icmp'), companions: [] })).toBe(
      [
        '(icmp[8:4] = 1122867 and icmp[12:4] = 1146447615)',
        ...[3, 4, 5, 11, 12].map((type) => `(icmp[0:1] = ${type} and icmp[17:1] = 1 and icmp[34:2] = 17185)`),
        'arp',
      ].join(' or '),
    )
  })

  it('falls back on the sequence number where there is no room for a cookie', () => {
    expect(captureFilter(marksOf('icmp', 4, 35))).toContain('(icmp[0:1] = 8 and icmp[6:2] = 17185)')
    expect(captureFilter(marksOf('icmp', 4, 36))).toContain('icmp[8:4] = 1122867')
  })

  it('takes the window of a connection, and of a lone SYN its number and the next', () => {
    expect(captureFilter(marksOf('syn'))).toContain('(tcp[4:4] >= 1000000 and tcp[4:4] <= 1000001)')
    expect(captureFilter(marksOf('connect'))).toContain('(tcp[8:4] >= 1000001 and tcp[8:4] <= 1065535)')
  })

  it('takes later fragments only of packets that may be cut', () => {
    expect(captureFilter(marksOf('udp', 4, 1280))).not.toContain('0x1fff')
    expect(captureFilter(marksOf('udp', 4, 1281))).toContain('(ip[6:2] & 0x1fff != 0 and ip[9] = 17)')
  })

  it('takes pieces of IPv6, by the number of what is in them', () => {
    expect(captureFilter(marksOf('udp', 6, 1280))).not.toContain('ip6[6] = 44')
    expect(captureFilter(marksOf('udp', 6, 1281))).toContain('(ip6[6] = 44 and ip6[40] = 17)')
  })

  it.skipIf(!existsSync('/usr/bin/tcpdump')).each(['icmp', 'tcp', 'udp'] as const)(
    "compiles for somebody else's %s",
    (protocol) => {
      const four = {
        family: 4,
        protocol,
        from: '198.51.100.7',
        places: [{ address: '198.51.100.10', port: 8080 }],
      } as const
      const six = { family: 6, protocol, from: null, places: [{ address: '2001:db8::1', port: 80 }] } as const
      expect([four, six].map((marks) => compiles(foreignFilter(marks)))).toEqual([0, 0])
    },
  )
})

describe('the table for nft', () => {
  it.each(everyMarks)('looks at nothing but headers for %s over IPv%i of %i bytes', (...parts) => {
    const commands = traceTable('0123', traceMatches(marksOf(...parts)))
    expect(commands).toMatch(/^add table inet hopwire_0123 \{ flags owner; \}\n/)
    // A conntrack expression or a nat chain would turn connection tracking on, and so change what is watched.
    expect(commands).not.toMatch(/\bct\b|\bnat\b|\bsocket\b|\bfib\b/)
    expect(commands).not.toMatch(/\bdrop\b|\breject\b|\bset mark\b/)
    for (const rule of commands.match(/^add rule .* probe .*$/gm) ?? []) expect(rule).toMatch(/ meta nftrace set 1$/)
  })

  it('matches both ways of the packet of somebody else', () => {
    const marks = {
      family: 4,
      protocol: 'tcp',
      from: null,
      places: [{ address: '198.51.100.10', port: 8080 }],
    } as const
    expect(foreignMatches(marks)).toEqual([
      'ip daddr 198.51.100.10 tcp dport 8080',
      'ip saddr 198.51.100.10 tcp sport 8080',
    ])
    expect(foreignMatches({ ...marks, protocol: 'icmp', from: '198.51.100.7' })).toEqual([
      'ip daddr 198.51.100.10 ip saddr 198.51.100.7 icmp type echo-request',
      'ip saddr 198.51.100.10 ip daddr 198.51.100.7 icmp type echo-reply',
    ])
  })
})
