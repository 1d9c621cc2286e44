import { describe, expect, it } from 'vitest'
import { describeOutcome } from '../../../../src/renderer/panels/transport-bar/describe-outcome.ts'
import { chipText } from '../../../../src/renderer/panels/transport-bar/transport-bar.tsx'
import { droppedReport, sampleReport } from '../sample-report.ts'

describe('describeOutcome', () => {
  it('says that the reply returns', () => {
    expect(describeOutcome(sampleReport())).toMatchObject({ tone: 'good', text: 'reply returns' })
  })

  it('names the chain that dropped, with the reason in full', () => {
    const report = droppedReport()
    expect(describeOutcome(report)).toEqual({
      tone: 'bad',
      text: 'dropped by DOCKER-ISOLATION-STAGE-2',
      full: report.reason,
    })
  })

  it('says what became of a reply that does not arrive', () => {
    const report = sampleReport()
    const exchanges = report.exchanges.map((each) => ({
      ...each,
      reply: { disposition: 'dropped' as const, reason: 'reverse path', hops: [] },
    }))
    expect(describeOutcome({ ...report, exchanges })).toEqual({
      tone: 'bad',
      text: 'reply: dropped',
      full: 'reverse path',
    })
  })

  it('does not guess', () => {
    const report = sampleReport({ disposition: 'cannot-tell', reason: 'a rule uses -m recent' })
    expect(describeOutcome(report)).toEqual({ tone: 'doubt', text: 'cannot tell', full: 'a rule uses -m recent' })
    expect(describeOutcome(sampleReport({ disposition: 'nothing-listening' })).text).toBe('nothing listening')
  })
})

describe('chipText', () => {
  it('is short and tells proxy and reply apart', () => {
    expect(chipText({ direction: 'forward', protocol: 'dns', label: 'DNS facebook.com' })).toBe('DNS')
    expect(chipText({ direction: 'reply', protocol: 'icmp', label: 'ICMP echo' })).toBe('reply')
    expect(chipText({ direction: 'forward', protocol: 'tcp', label: 'docker-proxy TCP SYN' })).toBe('proxy')
  })
})
