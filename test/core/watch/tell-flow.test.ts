import { describe, expect, it } from 'vitest'
import { readConntrackEntry } from '../../../src/core/parse/conntrack.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { FlowTable } from '../../../src/core/watch/flow-table.ts'
import { nameEnds } from '../../../src/core/watch/name-ends.ts'
import { tellFlow } from '../../../src/core/watch/tell-flow.ts'
import { readStandardHost } from '../../support/scripted-source.ts'

const state = readStandardHost()
const STILL = { packetsPerSecond: 0, bytesPerSecond: 0 }

function tell(line: string, seenIn = 'host') {
  const entry = readConntrackEntry(line)
  if (entry === null) throw new Error(line)
  const flow = new FlowTable({ listsAll: true, most: 10 }).track(
    { number: 0, netns: seenIn },
    { kind: 'listed', entry },
    0,
  )
  if (flow === null) throw new Error(line)
  return { entry, told: tellFlow(flow, STILL, nameEnds(state)) }
}

const OUT =
  'ipv4 2 tcp 6 431999 ESTABLISHED src=172.17.0.2 dst=203.0.113.80 sport=40000 dport=80 src=203.0.113.80 dst=198.51.100.20 sport=80 dport=40000 [ASSURED] mark=0 use=1'
const IN =
  'ipv4 2 tcp 6 431999 ESTABLISHED src=198.51.100.200 dst=198.51.100.20 sport=5000 dport=8080 src=172.17.0.4 dst=198.51.100.200 sport=80 dport=5000 [ASSURED] mark=0 use=1'
const PING =
  'ipv4 2 icmp 1 29 src=172.17.0.2 dst=203.0.113.80 type=8 code=0 id=25 src=203.0.113.80 dst=198.51.100.20 type=0 code=0 id=25 mark=0 use=1'

describe('tellFlow', () => {
  it('names the ends and what stands in for them', () => {
    expect(tell(OUT).told).toMatchObject({
      from: { name: 'c1', netns: 'container:c1' },
      to: { name: '203.0.113.80', netns: null },
      nat: { source: '198.51.100.20:40000', destination: null },
      state: 'ESTABLISHED',
      flags: ['ASSURED'],
      trace: { from: '172.17.0.2', to: '203.0.113.80', protocol: 'tcp', sourcePort: 40000, destinationPort: 80 },
    })
  })

  it('leads to who really answers, and asks for what was asked for', () => {
    expect(tell(IN).told).toMatchObject({
      from: { name: '198.51.100.200', netns: null },
      to: { name: 'web', netns: 'container:web' },
      nat: { source: null, destination: '172.17.0.4:80' },
      trace: {
        from: 'external:198.51.100.200',
        to: '198.51.100.20',
        protocol: 'tcp',
        sourcePort: 5000,
        destinationPort: 8080,
      },
    })
  })

  it('has the id of an echo as its source port', () => {
    expect(tell(PING).told).toMatchObject({
      nat: { source: '198.51.100.20', destination: null },
      trace: { protocol: 'icmp', sourcePort: 25 },
    })
    expect(tell(PING).told.trace).not.toHaveProperty('destinationPort')
  })

  it('takes loopback for the namespace in which it was seen', () => {
    const line =
      'ipv4 2 udp 17 10 src=127.0.0.1 dst=127.0.0.11 sport=4000 dport=53 src=127.0.0.11 dst=127.0.0.1 sport=35000 dport=4000 mark=0 use=1'
    const { told } = tell(line, 'container:a1')
    expect(told).toMatchObject({ from: { name: 'a1' }, to: { name: 'a1' }, trace: { from: 'a1', to: '127.0.0.11' } })
  })

  it.each([
    ['the kernel cannot be asked about', OUT.replace('tcp 6', 'sctp 132')],
    ['two machines outside have with each other', OUT.replaceAll('172.17.0.2', '10.9.9.9')],
  ])('has nothing to trace of what %s', (_what, line) => {
    expect(tell(line).told.trace).toBeNull()
  })

  // What a click on a flow gives: the prediction for the next packet of exactly this connection.
  it.each([
    ['from a container', OUT, 'leaves-host', 'established'],
    ['from outside to a published port', IN, 'delivered', 'established'],
    ['of an echo', PING, 'leaves-host', 'established'],
  ])('asks for a trace that finds the entry that exists: %s', (_what, line, disposition, found) => {
    const { entry, told } = tell(line)
    const [host, ...others] = state.namespaces
    if (host === undefined || told.trace === null) throw new Error('nothing to trace')
    const tracked = { ...state, namespaces: [{ ...host, conntrack: [entry] }, ...others] }
    const traced = traceFlow(tracked, told.trace, { tried: false })
    if (!traced.ok) throw new Error(traced.problem.message)
    const main = traced.report.exchanges.find((exchange) => exchange.main)
    const lookups = main?.forward.hops
      .filter(({ netns }) => netns === 'host')
      .flatMap(({ steps }) => steps)
      .flatMap((step) => (step.kind === 'conntrack' && step.action === 'lookup' ? [step.state] : []))
    expect(lookups).toContain(found)
    expect(traced.report.disposition).toBe(disposition)
  })
})
