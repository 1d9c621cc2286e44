import { describe, expect, it } from 'vitest'
import { compareReports } from '../../../src/core/trace/compare-reports.ts'
import type { Exchange, Hop, Trace, TraceReport } from '../../../src/core/trace/trace-report.ts'
import { RULES_20 } from '../../support/docker-rules.ts'
import { changeHop, changeTrace, dropInDockerUser, observeReport } from '../../support/observe-report.ts'
import { standardHost } from '../../support/scene.ts'
import { ping, syn, trace } from '../../support/trace-words.ts'

const host = standardHost(RULES_20)
const toInternet = trace(host, ping('c1', '203.0.113.80'), { tried: true })
const throughProxy = trace(host, syn('c1', 'host', 8080))
const isolated = trace(host, ping('c1', '172.19.0.2'))
const NEW_RULE = '-A DOCKER-USER -s 172.17.0.2/32 -j DROP'

const mainAt = (report: TraceReport): number => report.exchanges.findIndex((exchange) => exchange.main)
const editMain = (report: TraceReport, edit: (trace: Trace) => Trace): TraceReport =>
  changeTrace(report, { exchange: mainAt(report), direction: 'forward' }, edit)
const editDevice = (report: TraceReport, device: string, edit: (hop: Hop) => Hop): TraceReport =>
  editMain(report, (each) =>
    changeHop(
      each,
      each.hops.findIndex((hop) => hop.device === device),
      edit,
    ),
  )

describe('compareReports', () => {
  it.each([
    ['a ping to the internet', toInternet],
    ['a SYN through docker-proxy', throughProxy],
    ['a packet that is dropped', isolated],
  ])('agrees where %s was observed as predicted', (_, report) => {
    const compared = compareReports(report, observeReport(report))
    expect(compared).toMatchObject({ agrees: true, divergence: null, first: null })
    expect(compared.exchanges.map(({ verdict }) => verdict)).toEqual(report.exchanges.map(() => 'agrees'))
  })

  it('names a drop that a new rule caused, as a reader would', () => {
    const observed = dropInDockerUser(observeReport(toInternet), NEW_RULE)
    const compared = compareReports(toInternet, observed, host)
    expect(compared.divergence).toBe(
      'The prediction has the packet accepted by `-A FORWARD -i docker0 ! -o docker0 -j ACCEPT`; the kernel dropped it at ' +
        '`-A DOCKER-USER -s 172.17.0.2/32 -j DROP`, which was not there when the host was read.',
    )
    expect(compared.first).toMatchObject({ exchange: mainAt(toInternet), direction: 'forward' })
    const hop = compared.exchanges[compared.first?.exchange ?? -1]?.forward[compared.first?.hop ?? -1]
    expect(hop?.place).toBe('host stack')
    expect(hop?.lines[compared.first?.line ?? -1]).toMatchObject({ part: 'step', verdict: 'differs' })
  })

  it('says nothing of where a rule comes from without the host', () => {
    const observed = dropInDockerUser(observeReport(toInternet), NEW_RULE)
    expect(compareReports(toInternet, observed).divergence).toMatch(/`-A DOCKER-USER -s 172\.17\.0\.2\/32 -j DROP`\.$/)
  })

  it('says why the prediction passed a rule over that it had looked at', () => {
    const known = standardHost(
      RULES_20.replace('-A DOCKER-USER -j RETURN', '-A DOCKER-USER -s 172.17.0.9/32 -j DROP\n-A DOCKER-USER -j RETURN'),
    )
    const predicted = trace(known, ping('c1', '203.0.113.80'), { tried: true })
    const observed = dropInDockerUser(observeReport(predicted), '-A DOCKER-USER -s 172.17.0.9/32 -j DROP')
    expect(compareReports(predicted, observed, known).divergence).toContain(
      'which the prediction looked at and took not to match (',
    )
  })

  it('names a drop that was predicted and did not come', () => {
    const compared = compareReports(isolated, editMain(observeReport(isolated), withoutDrop))
    expect(compared.divergence).toContain(
      'The prediction has the packet dropped by `-A DOCKER-ISOLATION-STAGE-2 -o brB -j DROP`',
    )
    expect(compared.divergence).toContain('the kernel let it go on')
  })

  it('names a frame that was not seen together with what became of the packet', () => {
    const seen = observeReport(toInternet)
    const lost = editMain(seen, (each) => ({
      disposition: 'dropped',
      reason: 'The kernel dropped it: IP_RPFILTER.',
      hops: each.hops.filter((hop) => hop.device !== 'docker0' && hop.device !== 'ens5' && hop.device !== null),
    }))
    expect(compareReports(toInternet, lost).divergence).toContain('no such frame was seen there')
  })

  it('names a TTL that differs', () => {
    const observed = editDevice(observeReport(toInternet), 'ens5', (hop) => ({
      ...hop,
      frames: hop.frames.map((frame) => ({ ...frame, ttl: 62 })),
    }))
    expect(compareReports(toInternet, observed).divergence).toBe(
      'At host ens5 the prediction has TTL 63; the frame that was seen has TTL 62.',
    )
  })

  it('a question for a neighbour that one side alone has is shown, and no difference', () => {
    const arp: Exchange = {
      ...(toInternet.exchanges[0] as Exchange),
      label: 'ARP 172.17.0.1',
      protocol: 'arp',
      main: false,
    }
    const asked = { ...toInternet, exchanges: [arp, ...toInternet.exchanges] }
    for (const [predicted, observed] of [
      [asked, toInternet],
      [toInternet, asked],
    ] as const) {
      const compared = compareReports(predicted, observeReport(observed))
      expect(compared.agrees).toBe(true)
      expect(compared.exchanges[0]).toMatchObject({ label: 'ARP 172.17.0.1', verdict: 'not-observable' })
      expect(compared.exchanges[0]?.remark).not.toBeNull()
    }
  })

  it('another exchange that one side alone has differs', () => {
    const observed = observeReport(throughProxy)
    const alone = { ...observed, exchanges: observed.exchanges.filter((exchange) => exchange.main) }
    expect(compareReports(throughProxy, alone).divergence).toBe(
      'docker-proxy TCP SYN is predicted and was not observed.',
    )
  })

  it('a port that docker-proxy chooses is some port, but one and the same', () => {
    const swap = (text: string) => text.replaceAll('40000', '51342')
    const observed = observeReport(throughProxy)
    const proxied = observed.exchanges.findIndex(({ label }) => label.startsWith('docker-proxy'))
    const chosen = {
      ...observed,
      exchanges: observed.exchanges.map((each, at) =>
        at === proxied ? (JSON.parse(swap(JSON.stringify(each))) as Exchange) : each,
      ),
    }
    expect(compareReports(throughProxy, chosen).divergence).toBeNull()
    const torn = changeTrace(chosen, { exchange: proxied, direction: 'forward' }, (each) =>
      changeHop(each, each.hops.length - 2, (hop) => ({
        ...hop,
        frames: hop.frames.map((frame) => ({ ...frame, sourcePort: 51343 })),
      })),
    )
    expect(compareReports(throughProxy, torn).agrees).toBe(false)
  })

  it('an echo’s sequence number is some number, but one and the same', () => {
    const observed = observeReport(toInternet)
    const swap = (text: string) => text.replaceAll('"sequence":0', '"sequence":17608')
    const chosen = JSON.parse(swap(JSON.stringify(observed))) as TraceReport
    expect(compareReports(toInternet, chosen).divergence).toBeNull()
    const torn = editDevice(chosen, 'ens5', (hop) => ({
      ...hop,
      frames: hop.frames.map((frame) => ({
        ...frame,
        icmp: { type: 8, code: 0, id: frame.icmp?.id ?? 0, sequence: 1 },
      })),
    }))
    expect(compareReports(toInternet, torn).divergence).toContain('seq 1')
  })

  it('the probe’s own port is not some port', () => {
    const observed = JSON.parse(JSON.stringify(observeReport(throughProxy)).replaceAll('40000', '51342')) as TraceReport
    expect(compareReports(throughProxy, observed).divergence).toContain('source port 40000')
  })

  it('an assumed answer may stay away, come as another one, or from further off', () => {
    const seen = observeReport(toInternet)
    const at = mainAt(seen)
    const silent = {
      ...seen,
      exchanges: seen.exchanges.map((each, index) => (index === at ? { ...each, reply: null } : each)),
    }
    expect(compareReports(toInternet, silent).agrees).toBe(true)
    const further = changeTrace(seen, { exchange: at, direction: 'reply' }, (each) => ({
      ...each,
      hops: each.hops.map((hop) => ({
        ...hop,
        frames: hop.frames.map((frame) => ({ ...frame, ttl: frame.ttl - 11 })),
      })),
    }))
    expect(compareReports(toInternet, further).agrees).toBe(true)
    const crooked = changeTrace(further, { exchange: at, direction: 'reply' }, (each) =>
      changeHop(each, 3, (hop) => ({ ...hop, frames: hop.frames.map((frame) => ({ ...frame, ttl: frame.ttl - 1 })) })),
    )
    expect(compareReports(toInternet, crooked).agrees).toBe(false)
  })

  it('an answer of this host’s own that stays away differs', () => {
    const seen = observeReport(throughProxy)
    const silent = { ...seen, exchanges: seen.exchanges.map((each) => (each.main ? { ...each, reply: null } : each)) }
    expect(compareReports(throughProxy, silent).divergence).toContain('none was seen')
  })

  it('what was filled in from the prediction is not observable', () => {
    const filled = editDevice(observeReport(toInternet), 'eth0', (hop) => ({
      ...hop,
      frames:
        toInternet.exchanges[mainAt(toInternet)]?.forward.hops.find(({ device }) => device === 'eth0')?.frames ?? [],
      steps: hop.steps.map((step) => ({ ...step, evidence: { basis: 'prediction' } })),
    }))
    const compared = compareReports(toInternet, filled)
    expect(compared.agrees).toBe(true)
    const hop = compared.exchanges[mainAt(toInternet)]?.forward.find(({ place }) => place === 'container:c1 eth0')
    expect(hop?.verdict).toBe('not-observable')
  })

  it('a prediction that cannot tell is contradicted by nothing that comes after', () => {
    const at = mainAt(toInternet)
    const unknown = changeTrace(toInternet, { exchange: at, direction: 'forward' }, (each) => ({
      disposition: 'cannot-tell',
      reason: 'Cannot tell: -m something.',
      hops: each.hops.slice(0, 4),
    }))
    const predicted = { ...unknown, exchanges: unknown.exchanges.map((each) => ({ ...each, reply: null })) }
    const compared = compareReports(predicted, observeReport(toInternet))
    expect(compared.divergence).toBeNull()
    expect(compared.exchanges[at]?.fates.forward?.verdict).toBe('not-observable')
  })
})

function withoutDrop(each: Trace): Trace {
  return {
    ...each,
    disposition: 'leaves-host',
    hops: each.hops.map((hop) => ({
      ...hop,
      steps: hop.steps.filter((step) => step.kind !== 'rule' || step.verdict !== 'drop'),
    })),
  }
}
