import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { traceFlow } from '../../src/core/tracer/trace-flow.ts'
import type { HostState } from '../../src/core/host/host-state.ts'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import { expectedTruth } from '../conformance/expected-truth.ts'
import { differencesOf, type Shown } from './compare-rules.ts'
import { type NftCounters, type NftHost, startNftHost, uplink } from './nft-host.ts'
import { type Ask, flowOf, places, probeOf, QUIET } from './plain-asks.ts'

/** The rules are those of real namespaces, which only root can make. */
const reason = process.getuid?.() === 0 ? undefined : 'it makes network namespaces, for which it must be root'

const fixture = (name: string): Promise<string> =>
  readFile(new URL(`../fixtures/nft/${name}.nft`, import.meta.url), 'utf8')

let nextPort = 41000

function predict(state: HostState, ask: Ask, sourcePort: number): Shown {
  const outcome = traceFlow(state, flowOf(ask, sourcePort))
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem))
  const { report } = outcome
  // What a machine outside answers is its own affair: this one has a server on port 80, and refuses other ports.
  return { outcome: expectedTruth(report).outcome, rules: predictedRules(report) }
}

/** Counts the matches of rules with a counter, in the host's own namespace. */
function predictedRules(report: TraceReport): readonly string[] {
  const counts = new Map<string, number>()
  const main = report.exchanges.find((exchange) => exchange.main)
  for (const hop of [...(main?.forward.hops ?? []), ...(main?.reply?.hops ?? [])]) {
    for (const step of hop.netns === 'host' ? hop.steps : []) {
      if (step.kind !== 'rule' || !/(^| )counter( |$)/.test(step.rule)) continue
      const key = `${step.family} ${step.table} ${step.chain}: ${step.rule}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  return [...counts].map(([key, count]) => `${key} x${count}`).sort()
}

function observedRules(state: HostState, before: NftCounters, after: NftCounters): readonly string[] {
  const counts = new Map<string, number>()
  for (const table of state.namespaces[0]?.rulesets.nft ?? []) {
    for (const chain of table.chains) {
      for (const rule of chain.rules) {
        const at = `${table.family} ${table.name} ${chain.name} ${rule.handle}`
        const rise = (after.get(at) ?? 0) - (before.get(at) ?? 0)
        const key = `${table.family} ${table.name} ${chain.name}: ${rule.text}`
        if (rise > 0) counts.set(key, (counts.get(key) ?? 0) + rise)
      }
    }
  }
  return [...counts].map(([key, count]) => `${key} x${count}`).sort()
}

describe(`native nftables rules${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  if (reason !== undefined) return it.skip(reason, () => undefined)
  let host: NftHost

  beforeAll(async () => {
    host = await startNftHost()
    for (const place of places) await host.at(place, ['nft', QUIET])
  })
  afterAll(() => host?.stop())

  /** Loads rules, sends the probes and returns where prediction and kernel differ; `told` is how many were told at all. */
  async function compare(rules: string, asks: readonly Ask[], iptables = '') {
    await host.load(`${QUIET}\n${rules}`)
    if (iptables !== '') await host.at('host', ['iptables-nft-restore'], iptables)
    const state = await host.read()
    const differences: unknown[] = []
    let told = 0
    let before = await host.counters()
    for (const ask of asks) {
      nextPort += 1
      const sourcePort = nextPort
      const predicted = predict(state, ask, sourcePort)
      // Silence is known by waiting; an answer that is expected may take its time on a busy machine.
      const timeoutMs = predicted.outcome === 'silence' ? 150 : 3000
      const outcome = await host.probe(ask.from, probeOf(ask, sourcePort, timeoutMs))
      const after = await host.counters()
      const observed = { outcome, rules: observedRules(state, before, after) }
      before = after
      if (predicted.outcome !== 'cannot-tell') told += 1
      differences.push(...differencesOf(ask, predicted, observed))
    }
    return { state, differences, told }
  }

  const all = (kinds: readonly Pick<Ask, 'kind' | 'port'>[], to: readonly string[] = places): Ask[] =>
    places.flatMap((from) =>
      to.filter((each) => each !== from).flatMap((each) => kinds.map((kind) => ({ from, to: each, ...kind }))),
    )

  it.each(['docker29', 'docker29-variants'])('%s: the kernel does what was predicted', async (name) => {
    const asks = [
      ...all([{ kind: 'icmp' }], ['a1', 'b1', 'i1', 'outside']),
      ...all([{ kind: 'udp', port: 80 }], ['a1', 'b1', 'outside']),
      ...all([{ kind: 'tcp-syn', port: 80 }], ['b1', 'outside']),
      ...all(
        [
          { kind: 'tcp-syn', port: 18080 },
          { kind: 'udp', port: 18080 },
        ],
        ['host'],
      ),
      { from: 'host', to: uplink, kind: 'udp', port: 18080 } as const,
    ]
    const { differences, told } = await compare(await fixture(name), asks)
    expect(differences).toEqual([])
    expect(told).toBe(asks.length)
  })

  it('words: each condition holds where the kernel says so', async () => {
    const asks: Ask[] = [
      ...all([{ kind: 'icmp' }], ['b1', 'outside', 'host']),
      ...all([{ kind: 'udp', port: 80 }], ['b1', 'outside']),
      ...all([{ kind: 'tcp-syn', port: 80 }], ['a1', 'b1']),
      { from: 'outside', to: 'host', kind: 'udp', port: 8080 },
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 8081 },
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 8082 },
      { from: 'outside', to: 'host', kind: 'udp', port: 8083 },
      { from: 'a1', to: '172.30.9.9', kind: 'icmp' },
      { from: 'a1', to: 'b1', kind: 'udp', port: 81 },
      { from: 'a1', to: 'b1', kind: 'tcp-syn', port: 81 },
      { from: 'a1', to: 'host', kind: 'udp', port: 81 },
    ]
    const { differences, told } = await compare(await fixture('words'), asks)
    expect(differences).toEqual([])
    expect(told).toBe(asks.length)
  })

  it('verdicts: policies, jumps, refusals and their order', async () => {
    const asks = [
      ...all([{ kind: 'icmp' }, { kind: 'udp', port: 80 }, { kind: 'tcp-syn', port: 80 }], ['b1', 'i1', 'host']),
      ...all(
        [
          { kind: 'udp', port: 7 },
          { kind: 'udp', port: 9 },
          { kind: 'tcp-syn', port: 99 },
        ],
        ['host', 'a1'],
      ),
      { from: 'host', to: 'b1', kind: 'udp', port: 99 } as const,
    ]
    const { differences, told } = await compare(await fixture('verdicts'), asks)
    expect(differences).toEqual([])
    expect(told).toBe(asks.length)
  })

  it('order: of equal priorities the last one registered is asked first', async () => {
    const asks = all([{ kind: 'icmp' }, { kind: 'udp', port: 80 }, { kind: 'udp', port: 81 }], ['b1', 'outside'])
    asks.push({ from: 'outside', to: 'host', kind: 'udp', port: 90 })
    const { differences, told } = await compare(await fixture('order'), asks)
    expect(differences).toEqual([])
    expect(told).toBe(asks.length)
  })

  it('asleep: a nat chain does not make the kernel track connections', async () => {
    const asks = all([{ kind: 'icmp' }, { kind: 'udp', port: 81 }, { kind: 'udp', port: 82 }], ['b1', 'outside'])
    const { differences, told } = await compare(await fixture('asleep'), asks)
    expect(differences).toEqual([])
    expect(told).toBe(asks.length)
  })

  it('rpfilter: the way back decides', async () => {
    // An address of another bridge's network on a guest: what it sends comes in where its answers would not go.
    await host.at('a2', ['ip', 'addr', 'add', '172.30.2.99/32', 'dev', 'eth0'])
    const asks = all([{ kind: 'icmp' }, { kind: 'udp', port: 80 }], ['b1', 'outside'])
    const { differences, told } = await compare(await fixture('rpfilter'), asks)
    expect(differences).toEqual([])
    expect(told).toBe(asks.length)
  })

  it('firewalld: its zones and policies judge as predicted', async () => {
    const asks: Ask[] = [
      ...all([{ kind: 'icmp' }, { kind: 'tcp-syn', port: 80 }], ['a1', 'b1', 'outside']),
      ...all(
        [
          { kind: 'tcp-syn', port: 80 },
          { kind: 'udp', port: 9005 },
        ],
        ['host'],
      ),
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 18080 },
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 18081 },
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 22 },
    ]
    const { state, differences, told } = await compare(await fixture('firewalld'), asks)
    expect(JSON.stringify(state.namespaces[0]?.rulesets.nft)).not.toContain('unsupported')
    expect(differences).toEqual([])
    expect(told).toBe(asks.length)
  })

  it('ufw, and beside it a native chain that judges first: outcomes are as predicted', async () => {
    const ufw = await readFile(new URL('../fixtures/rules/ufw-ip.rules', import.meta.url), 'utf8')
    const own =
      'table inet own { chain in { type filter hook input priority -5; policy accept; ip saddr 172.30.2.0/24 counter drop; }; }'
    const asks: Ask[] = [
      ...all([{ kind: 'icmp' }, { kind: 'tcp-syn', port: 80 }], ['host']),
      ...all([{ kind: 'tcp-syn', port: 80 }], ['a1']),
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 22 },
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 8080 },
      { from: 'outside', to: 'host', kind: 'udp', port: 1005 },
      { from: 'host', to: 'outside', kind: 'tcp-syn', port: 25 },
    ]
    const { differences, told } = await compare(own, asks, ufw)
    expect(differences).toEqual([])
    expect(told).toBe(asks.length)
  })
})
