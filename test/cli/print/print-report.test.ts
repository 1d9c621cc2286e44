import { describe, expect, test } from 'vitest'
import type { TraceReport } from '../../../src/core/trace/trace-report.ts'
import { printReport } from '../../../src/cli/print/print-report.ts'
import type { Style } from '../../../src/cli/print/style.ts'
import { packet, exchange, hop, report, trace } from './make-report.ts'
import { droppedReport, internetReport, publishedReport, unsureReport } from './sample-reports.ts'

const PLAIN: Style = { color: false, unicode: true, width: 100 }
const REPORTS = {
  internet: internetReport(),
  dropped: droppedReport(),
  published: publishedReport(),
  unsure: unsureReport(),
}

// When one of these changes on purpose: look at the difference as a reader would, then run vitest with -u.
describe('printReport', () => {
  test.each(Object.entries(REPORTS))('prints the %s report as it stands in golden/', async (name, made) => {
    await expect(`${printReport(made, false, PLAIN).join('\n')}\n`).toMatchFileSnapshot(`golden/${name}.txt`)
  })

  test('with --tried it shows every step and the rules that did not match', async () => {
    const text = `${printReport(internetReport(), true, PLAIN).join('\n')}\n`
    await expect(text).toMatchFileSnapshot('golden/internet-tried.txt')
    expect(text).toContain('no match: -A FORWARD -i lo -j ACCEPT [the packet came in by docker0]')
    expect(printReport(internetReport(), false, PLAIN).join('\n')).not.toContain('-i lo')
  })

  test('says once that all of it is as Docker would write it, and at each step where only some of it is', () => {
    const text = JSON.stringify(internetReport())
    const print = (report: string) => printReport(JSON.parse(report) as TraceReport, true, PLAIN).join('\n')
    const count = (report: string) => print(report).replaceAll(/\s+/g, ' ').split('as Docker would write it').length - 1
    const all = text.replaceAll('"basis":"state"', '"basis":"synth"')
    expect(count(text)).toBe(0)
    expect(count(all)).toBe(1)
    expect(print(all).split('\n')[1]).toContain('predicted, all of it as Docker would write it')
    expect(count(all.replace('"basis":"synth"', '"basis":"state"'))).toBeGreaterThan(5)
  })

  test.each(Object.entries(REPORTS))('the %s report is ASCII where the locale is not UTF-8', (_name, made) => {
    expect(printReport(made, true, { ...PLAIN, unicode: false }).join('\n')).toMatch(/^[\n\x20-\x7e]*$/)
  })

  test.each(Object.entries(REPORTS))('without its colours, the coloured %s report is the plain one', (_name, made) => {
    const colored = printReport(made, true, { ...PLAIN, color: true }).join('\n')
    const sgr = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g')
    expect(colored).toMatch(sgr)
    expect(colored.replace(sgr, '')).toBe(printReport(made, true, PLAIN).join('\n'))
  })

  test.each([80, 100, 120])('no line is wider than %i columns, and no rule is cut', (width) => {
    const text = Object.values(REPORTS)
      .flatMap((made) => printReport(made, true, { ...PLAIN, width }))
      .join('\n')
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width)
    expect(text.replace(/\s+/g, ' ')).toContain('--ctstate RELATED,ESTABLISHED -j ACCEPT')
    expect(text.replace(/\s+/g, ' ')).toContain('--mask 255.255.255.255 --rsource -j DROP')
  })

  test('a rewritten address is marked once, where it is first seen', () => {
    const marks = printReport(internetReport(), false, PLAIN).filter((line) => line.includes('*'))
    expect(marks.map((line) => line.trim().split(/ +/).slice(1, 4).join(' '))).toEqual([
      'ens5 out *198.51.100.10',
      'docker0 out 203.0.113.80',
    ])
  })

  test.each([
    ['dropped', 'It meets a rule.', '✗ dropped: It meets a rule.'],
    ['dropped', 'dropped by the rule X', '✗ dropped by the rule X'],
    ['cannot-tell', 'Cannot tell: nobody knows.', '? cannot tell: nobody knows.'],
  ] as const)('a packet that is %s because "%s" ends in "%s"', (disposition, reason, line) => {
    const way = trace(disposition, reason, hop('host ens5', 'nic', packet('10.0.0.1', '10.0.0.2'), ['in']))
    const made = report({ from: 'external', to: 'host', protocol: 'icmp' }, [exchange('ICMP echo', 'icmp', way, null)])
    expect(printReport(made, false, PLAIN).at(-1)).toBe(line)
  })

  test('a name cannot send escape sequences to the terminal', () => {
    const evil = `web\u001b[2J\u0007`
    const one = hop(`container:${evil} eth0`, 'veth', packet('10.0.0.1', '10.0.0.2'), ['out'])
    const made = report(
      { from: evil, to: 'db', protocol: 'icmp' },
      [exchange(`ICMP ${evil}`, 'icmp', trace('dropped', evil, one), null)],
      [evil],
    )
    const text = printReport(made, true, PLAIN).join('')
    expect(text).toContain('web\uFFFD[2J')
    expect(text).not.toMatch(/\p{Cc}/u)
  })
})
