import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import { runHopwire, SPAWNING } from './run-hopwire.ts'

const hostOf = (name: string) => fileURLToPath(new URL(`../fixtures/scenarios/${name}/host.json`, import.meta.url))

let folder = ''
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'hopwire-cli-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(['standard-20', 'standard-28'])('over the captured host %s', SPAWNING, (name) => {
  const host = hostOf(name)

  test('hopwire trace c1 facebook.com --json leaves the host, with its frames in order', async () => {
    const ran = await runHopwire(['trace', 'c1', 'facebook.com', '--json', '--snapshot', host])
    expect(ran.stderr).toBe('')
    expect(ran.status).toBe(0)
    const report = JSON.parse(ran.stdout) as TraceReport
    const main = report.exchanges.find((exchange) => exchange.main)
    expect(frameList(main?.forward)).toEqual([
      'container:c1 eth0 out',
      expect.stringMatching(/^host veth\w+ in$/),
      'host docker0 in',
      'host ens5 out',
    ])
    expect(main?.reply).not.toBeNull()
  })

  test('hopwire trace c1 facebook.com prints what stands in golden/', async () => {
    const ran = await runHopwire(['trace', 'c1', 'facebook.com', '--snapshot', host])
    await expect(ran.stdout).toMatchFileSnapshot(`print/golden/${name}-internet.txt`)
  })

  test('hopwire trace c1 b1 is dropped, with status 1', async () => {
    const ran = await runHopwire(['trace', 'c1', 'b1', '--snapshot', host])
    await expect(ran.stdout).toMatchFileSnapshot(`print/golden/${name}-isolation.txt`)
    expect(ran.stderr).toBe('')
    expect(ran.status).toBe(1)
  })

  test('a snapshot of a snapshot gives the same trace', async () => {
    const copy = join(folder, `${name}.json`)
    const saved = await runHopwire(['snapshot', '-o', copy, '--snapshot', host])
    expect(saved.stderr).toContain(`hopwire: wrote ${copy}: `)
    expect({ ...saved, stderr: '' }).toEqual({ status: 0, stdout: '', stderr: '' })
    const [first, second] = await Promise.all(
      [host, copy].map((path) => runHopwire(['trace', 'c1', 'facebook.com', '--json', '--snapshot', path])),
    )
    expect(second).toEqual(first)
  })
})

describe('hopwire trace --flows', SPAWNING, () => {
  const host = hostOf('standard-28')
  const good = ['{"from":"c1","to":"facebook.com","protocol":"icmp"}', '{"from":"c1","to":"b1","protocol":"icmp"}']

  test('gives one report a line, in the order of the lines, and 0 whatever became of the packets', async () => {
    const flows = join(folder, 'good.jsonl')
    writeFileSync(flows, `${good.join('\n')}\n\n${good[0]}`)
    const ran = await runHopwire(['trace', '--flows', flows, '--json', '--snapshot', host])
    expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' })
    expect(ran.stdout.endsWith('\n')).toBe(true)
    const reports = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TraceReport)
    expect(reports.map((report) => [report.flow.to, report.disposition])).toEqual([
      ['facebook.com', 'leaves-host'],
      ['b1', 'dropped'],
      ['facebook.com', 'leaves-host'],
    ])
  })

  test('a line is traced as the same flow is alone', async () => {
    const alone = await runHopwire(['trace', 'c1', 'b1', '--json', '--snapshot', host])
    const many = await runHopwire(['trace', '--flows', '-', '--json', '--snapshot', host], { stdin: good.join('\n') })
    expect(JSON.parse(many.stdout.split('\n')[1] ?? '')).toEqual(JSON.parse(alone.stdout))
  })

  test('a bad line has its error in its place, the others are traced, and the status is 2', async () => {
    const stdin = [good[0], '{"from":"c1"', '{"from":"nosuch","to":"c1","protocol":"icmp"}', good[1]].join('\n')
    const ran = await runHopwire(['trace', '--flows', '-', '--json', '--snapshot', host], { stdin })
    const lines = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map((line) => line.disposition ?? [line.error.code, line.error.at, line.line])).toEqual([
      'leaves-host',
      ['bad-flow', '<stdin>:2:13', 2],
      ['unknown-endpoint', '<stdin>:3:1', 3],
      'dropped',
    ])
    expect(ran.stderr).toMatch(/^hopwire: <stdin>:2:13: not JSON: [^\n]*\nhopwire: <stdin>:3:1: [^\n]*nosuch[^\n]*\n$/)
    expect(ran.status).toBe(2)
  })
})

test('the captured hosts are what they say', () => {
  const engines = ['standard-20', 'standard-28'].map(
    (name) => JSON.parse(readFileSync(hostOf(name), 'utf8')).engine.generation,
  )
  expect(engines).toEqual([20, 28])
})

/** `NETNS DEVICE DIRECTION` for every frame of a way, up to where the host ends. */
function frameList(trace: TraceReport['exchanges'][number]['forward'] | undefined): readonly string[] {
  const hops = trace?.hops.filter((hop) => hop.netns !== 'external') ?? []
  return hops.flatMap((hop) => hop.frames.map((frame) => `${hop.netns} ${hop.device} ${frame.direction}`))
}
