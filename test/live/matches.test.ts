import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HostState } from '../../src/core/host/host-state.ts'
import { type Compared, compareRules, differences, openConditions } from './compare-rules.ts'
import { CONDITIONS, EVERYBODY, SET_RULES, SETS } from './match-rules.ts'
import { type NftHost, startNftHost } from './nft-host.ts'
import { type Ask, places, QUIET } from './plain-asks.ts'

/** The rules are those of real namespaces, which only root can make. */
const reason = process.getuid?.() === 0 ? undefined : 'it makes network namespaces, for which it must be root'
const noSets = existsSync('/usr/sbin/ipset') ? undefined : 'there is no ipset on this machine'

let nextPort = 43000

describe(`matches and targets of iptables${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  if (reason !== undefined) return it.skip(reason, () => undefined)
  let host: NftHost

  beforeAll(async () => {
    host = await startNftHost()
    for (const place of places) await host.at(place, ['nft', QUIET])
  })
  afterAll(() => host?.stop())

  async function load(tables: Readonly<Record<string, readonly string[]>>): Promise<void> {
    await host.load(QUIET)
    const text = Object.entries(tables).flatMap(([name, rules]) => [`*${name}`, ...rules, 'COMMIT'])
    await host.at('host', ['iptables-nft-restore'], `${text.join('\n')}\n`)
  }

  const compare = (state: HostState, ask: Ask): Promise<Compared> => {
    nextPort += 1
    return compareRules(host, state, ask, nextPort)
  }

  it('what looks into the packet, counts, or leaves nothing to chance', async () => {
    const chains = { mangle: ['PREROUTING', 'FORWARD', 'POSTROUTING'], filter: ['INPUT', 'OUTPUT'] }
    const tables = Object.entries(chains).map(([name, hooks]) => {
      return [name, hooks.flatMap((hook) => CONDITIONS.map((condition) => `-A ${hook} ${condition}`))] as const
    })
    await load(Object.fromEntries(tables))
    const state = await host.read()
    const all: Compared[] = []
    for (const ask of EVERYBODY) all.push(await compare(state, ask))
    expect(differences(all)).toEqual([])
    // A SYN-ACK carries options, and nobody knows which; where TCP has its ports ICMP has a checksum.
    expect(openConditions(all)).toEqual([
      '-m bpf --bytecode "7,177 0 0 0,72 0 0 2,37 1 0 79,6 0 0 0,53 1 0 82,6 0 0 1,6 0 0 0"',
      '-m u32 --u32 "0x0>>0x16&0x3c@0x0&0xffff=0x50:0x51"',
      '-p tcp -m tcp --tcp-option 2',
      '-p tcp -m tcpmss ! --mss 1:65535',
      '-p tcp -m tcpmss --mss 1:65535',
    ])
  })

  it('what stands beside the packet: senders, sockets, the way back, IPsec', async () => {
    // An address of another bridge's network: what a2 sends from it comes in where its answers would not go.
    await host.at('a2', ['ip', 'addr', 'replace', '172.30.2.99/32', 'dev', 'eth0'])
    const sent = [
      '-m owner ! --uid-owner 0',
      '-m owner --gid-owner 5',
      '-m owner --socket-exists',
      '-m cgroup --cgroup 7',
    ]
    await load({
      mangle: [
        ...[
          '-m rpfilter',
          '-m rpfilter --invert',
          '-m rpfilter --loose',
          '-m rpfilter --accept-local',
          '-m policy --dir in --pol none',
          '-m policy --dir in --pol ipsec',
        ].map((condition) => `-A PREROUTING ${condition}`),
        ...['-m socket', '-m socket --nowildcard'].flatMap((condition) =>
          ['tcp', 'udp', 'icmp'].map((each) => `-A PREROUTING -p ${each} ${condition}`),
        ),
        ...[...sent, '-m policy --dir out --pol none', '-m policy --dir out --pol ipsec'].map(
          (condition) => `-A POSTROUTING ${condition}`,
        ),
      ],
      filter: [
        ...['-m cgroup --cgroup 7', '-m cgroup ! --cgroup 7'].map((condition) => `-A INPUT ${condition}`),
        ...sent.map((condition) => `-A OUTPUT ${condition}`),
        '-A FORWARD -m policy --dir out --pol none',
      ],
    })
    const state = await host.read()
    const all: Compared[] = []
    for (const ask of EVERYBODY) all.push(await compare(state, ask))
    expect(differences(all)).toEqual([])
    // Whose a program's packets are is not known, nor the sockets of connections.
    expect(openConditions(all)).toEqual([
      '-m cgroup ! --cgroup 7',
      '-m cgroup --cgroup 7',
      '-m owner ! --uid-owner 0',
      '-m owner --gid-owner 5',
      '-m owner --socket-exists',
      ...['icmp', 'tcp', 'udp'].flatMap((each) => [`-p ${each} -m socket`, `-p ${each} -m socket --nowildcard`]),
    ])
  })

  it('what rules remember: lists and buckets as they were read, and as the packets themselves change them', async () => {
    const hash = '-m hashlimit --hashlimit-burst 3 --hashlimit-htable-expire 60000 --hashlimit-mode'
    await load({
      mangle: [
        '-A PREROUTING -p udp -m recent --name all --set',
        '-A PREROUTING -p udp -m recent --name all --rcheck --hitcount 3',
        '-A PREROUTING -p udp -m recent --name all --rcheck --seconds 600 --hitcount 9',
        '-A PREROUTING -p udp -m recent --name away --update',
        '-A PREROUTING -p udp -m recent --name away ! --rcheck --rdest',
        '-A FORWARD -p udp -m recent --name away --set --rdest',
        '-A FORWARD -p udp -m recent --name all --rcheck --rttl',
        '-A POSTROUTING -p udp -m recent --name all --remove --mask 255.255.255.255',
        '-A POSTROUTING -p udp -m recent --name all --rcheck',
        `-A FORWARD -p udp ${hash} srcip --hashlimit-upto 1/hour --hashlimit-name slow`,
        `-A FORWARD -p udp ${hash} srcip --hashlimit-above 1/hour --hashlimit-name over --hashlimit-srcmask 16`,
        `-A FORWARD -p udp ${hash} dstip,dstport --hashlimit-upto 1/sec --hashlimit-name ports`,
      ],
      filter: [
        '-A INPUT -m limit --limit 1/hour --limit-burst 1',
        '-A INPUT -m time --timestart 00:00 --timestop 00:01',
      ],
    })
    const all: Compared[] = []
    for (const [from, to] of [
      ['a1', 'b1'],
      ['a1', 'b1'],
      ['a2', 'b1'],
      ['b1', 'a1'],
      ['host', 'a1'],
      ['outside', 'host'],
    ] as const) {
      all.push(await compare(await host.read(), { from, to, kind: 'udp', port: 80 }))
    }
    expect(differences(all)).toEqual([])
    // A bucket of three that is empty fills up at a time that nobody tells.
    const spent = '--hashlimit-burst 3 --hashlimit-mode srcip --hashlimit-name'
    expect(openConditions(all)).toEqual([
      '-m limit --limit 1/hour --limit-burst 1',
      '-m time --timestart 00:00:00 --timestop 00:01:00 --datestop 2038-01-19T03:14:07',
      `-p udp -m hashlimit --hashlimit-above 1/hour ${spent} over --hashlimit-htable-expire 60000 --hashlimit-srcmask 16`,
      `-p udp -m hashlimit --hashlimit-upto 1/hour ${spent} slow --hashlimit-htable-expire 60000`,
    ])
  })

  it('NAT to a range: the address that the hash of both ends gives, the first port, a port counted from a base', async () => {
    const own = Array.from({ length: 12 }, (_, index) => `10.77.0.${11 + index}`)
    for (const address of own) await host.at('host', ['ip', 'addr', 'replace', `${address}/24`, 'dev', 'up0'])
    await load({
      nat: [
        '-A PREROUTING -i up0 -p udp --dport 1000 -j DNAT --to-destination 172.30.1.11-172.30.1.12:80',
        '-A PREROUTING -i up0 -p udp --dport 1001 -j DNAT --to-destination 172.30.1.11-172.30.1.12:80 --persistent',
        '-A PREROUTING -i up0 -p tcp --dport 1002 -j DNAT --to-destination 172.30.2.11:80-90',
        '-A PREROUTING -i up0 -p tcp --dport 2000:2010 -j DNAT --to-destination 172.30.2.11:75-85/2000',
        '-A POSTROUTING -o up0 -p udp -j SNAT --to-source 10.77.0.11-10.77.0.22',
        '-A POSTROUTING -o up0 -p tcp -j SNAT --to-source 10.77.0.11-10.77.0.22 --persistent',
      ],
      // Each address and port that a translation may come to is counted on its own.
      filter: [
        ...['172.30.1.11', '172.30.1.12', '172.30.2.11'].map((address) => `-A FORWARD -d ${address}`),
        ...[75, 80, 85].map((port) => `-A FORWARD -p tcp --dport ${port}`),
      ],
      mangle: own.map((address) => `-A PREROUTING -d ${address}`),
    })
    const state = await host.read()
    const asks: readonly Ask[] = [
      ...['host', '10.77.0.11', '10.77.0.12', '10.77.0.13'].flatMap((to): Ask[] => [
        { from: 'outside', to, kind: 'udp', port: 1000 },
        { from: 'outside', to, kind: 'udp', port: 1001 },
      ]),
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 1002 },
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 2000 },
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 2005 },
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 2010 },
      ...['a1', 'a2', 'b1', 'i1'].flatMap((from): Ask[] => [
        { from, to: 'outside', kind: 'udp', port: 80 },
        { from, to: 'outside', kind: 'tcp-syn', port: 80 },
      ]),
    ]
    const all: Compared[] = []
    for (const ask of asks) all.push(await compare(state, ask))
    expect(differences(all)).toEqual([])
    expect(
      new Set(all.flatMap(({ observed }) => observed.rules.filter((rule) => rule.startsWith('mangle')))).size,
    ).toBeGreaterThan(3)
  })

  it('CT zones, connection marks with two masks, TPROXY without a socket', async () => {
    await load({
      raw: ['-A PREROUTING -i ref-brA -j CT --zone 5', '-A PREROUTING -i ref-brB -d 172.30.1.11 -j CT --zone 5'],
      mangle: [
        '-A PREROUTING -p udp -m udp --dport 80 -j MARK --set-mark 0x1234',
        '-A PREROUTING -p udp -m udp --dport 80 -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff00 --left-shift-mark 8',
        '-A PREROUTING -p udp -m udp --sport 80 -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff00 --right-shift-mark 8',
        '-A PREROUTING -p tcp -m tcp --dport 3128 -j TPROXY --on-port 3129 --tproxy-mark 0x1/0x1',
        ...['0x1234', '0x34'].map((mark) => `-A FORWARD -m mark --mark ${mark}`),
        '-A FORWARD -m connmark --mark 0x3400',
      ],
      filter: ['NEW', 'ESTABLISHED', 'INVALID'].map((each) => `-A FORWARD -m conntrack --ctstate ${each}`),
    })
    const state = await host.read()
    const all: Compared[] = []
    for (const ask of [
      { from: 'a1', to: 'b1', kind: 'udp', port: 80 },
      { from: 'a2', to: 'b1', kind: 'udp', port: 80 },
      { from: 'b1', to: 'a1', kind: 'icmp' },
      { from: 'b1', to: 'a2', kind: 'icmp' },
      { from: 'a1', to: 'b1', kind: 'tcp-syn', port: 3128 },
      { from: 'outside', to: 'a1', kind: 'udp', port: 80 },
    ] as const)
      all.push(await compare(state, ask))
    expect(differences(all)).toEqual([])
  })

  it.skipIf(noSets !== undefined)(
    `sets, and what SET makes of them${noSets === undefined ? '' : ` (skipped: ${noSets})`}`,
    async () => {
      const mac = (await host.at('a1', ['cat', '/sys/class/net/eth0/address'])).trim()
      await host.load(QUIET)
      await host.at(
        'host',
        ['ipset', 'restore'],
        [...SETS, `add mac 172.30.1.11,${mac}`, 'add mac 172.30.1.12', ''].join('\n'),
      )
      await load({
        mangle: SET_RULES,
      })
      const all: Compared[] = []
      for (const ask of EVERYBODY.slice(0, 6)) all.push(await compare(await host.read(), ask))
      expect(differences(all)).toEqual([])
      expect(openConditions(all)).toEqual([])
    },
  )
})
