import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Trace, TraceReport } from '../../src/core/trace/trace-report.ts'
import { runHopwire } from '../cli/run-hopwire.ts'
import {
  type Engine,
  type Generation,
  standardScene,
  startEngine,
  startWorld,
  whyNoLab,
  type World,
} from '../lab/index.ts'

const reason = whyNoLab()
const generations: readonly Generation[] = ['20', '28']

// The rule that keeps bridges apart is another one in each generation.
const ISOLATION: Readonly<Record<Generation, RegExp>> = {
  '20': /^filter -A DOCKER-ISOLATION-STAGE-2 -o br-\w+ -j DROP$/,
  '28': /^raw -A PREROUTING -d [\d.]+\/32 ! -i br-\w+ -j DROP$/,
}

describe.each(generations)(
  `hopwire with Docker %s${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  (generation) => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    let world: World
    let engine: Engine
    const folder = mkdtempSync(join(tmpdir(), 'hopwire-cli-'))

    const hopwire = (...words: string[]) => runHopwire([...words, '--docker-host', `unix://${engine.socket}`])
    const helpers = () => engine.docker(['ps', '-aq', '--filter', 'label=io.hopwire.probe'])

    /** The main exchange of `hopwire trace ... --json`, and the status. */
    const trace = async (...words: string[]) => {
      const ran = await hopwire('trace', ...words, '--json')
      if (ran.stdout === '') throw new Error(ran.stderr)
      const report = JSON.parse(ran.stdout) as TraceReport
      const main = report.exchanges.find((exchange) => exchange.main)
      if (main === undefined) throw new Error('no main exchange')
      return { status: ran.status, report, main }
    }

    beforeAll(async () => {
      world = await startWorld()
      engine = await startEngine(world, { generation })
      await standardScene(engine)
    })
    afterAll(() => {
      rmSync(folder, { recursive: true, force: true })
      world?.stop()
    })

    it('trace c1 facebook.com leaves by ens5 with the address of the host, and its answer comes back', async () => {
      const { status, report, main } = await trace('c1', 'facebook.com')
      expect(status).toBe(0)
      expect(['delivered', 'leaves-host']).toContain(report.disposition)
      const [out, veth, bridge, nic] = frames(main.forward)
      expect(out).toMatch(/^container:c1 eth0 out 172\.17\.\d+\.\d+ > 203\.0\.113\.80$/)
      expect(veth).toMatch(/^host veth\w+ in 172\.17\./)
      expect(bridge).toMatch(/^host docker0 in 172\.17\./)
      expect(nic).toBe(`host ens5 out ${engine.address} > 203.0.113.80`)
      expect(rules(main.forward, 'masquerade')).toEqual([
        'nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
      ])
      expect(main.reply && frames(main.reply).at(-1)).toMatch(/^container:c1 eth0 in 203\.0\.113\.80 > 172\.17\./)
    })

    it('trace c1 b1 is dropped by the rule of this generation', async () => {
      const { status, report, main } = await trace('c1', 'b1')
      expect({ status, disposition: report.disposition }).toEqual({ status: 1, disposition: 'dropped' })
      expect(rules(main.forward, 'drop')).toEqual([expect.stringMatching(ISOLATION[generation])])
    })

    it('trace external host:8080 is rewritten and reaches the socket', async () => {
      const { status, report, main } = await trace('external', 'host:8080')
      expect({ status, disposition: report.disposition }).toEqual({ status: 0, disposition: 'delivered' })
      expect(rules(main.forward, 'dnat')).toEqual([
        expect.stringMatching(
          /^nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination [\d.]+:80$/,
        ),
      ])
      const last = main.forward.hops.at(-1)
      expect(last?.netns).toBe('container:web')
      expect(last?.steps.some((step) => step.kind === 'deliver' && step.to === 'socket')).toBe(true)
    })

    it('a snapshot gives the same way without Docker', async () => {
      const file = join(folder, 'h.json')
      expect((await hopwire('snapshot', '-o', file)).status).toBe(0)
      expect(existsSync(file) && readFileSync(file, 'utf8')).toContain('hopwire.host/1')
      const { main } = await trace('c1', 'facebook.com')
      const saved = await runHopwire(['trace', 'c1', 'facebook.com', '--json', '--snapshot', file])
      const again = (JSON.parse(saved.stdout) as TraceReport).exchanges.find((exchange) => exchange.main)
      expect({ status: saved.status, forward: again && frames(again.forward) }).toEqual({
        status: 0,
        forward: frames(main.forward),
      })
    })

    it('no helper is left behind, neither by an end nor by Ctrl-C at any moment', async () => {
      expect((await hopwire('trace', 'c1', 'c2')).status).toBe(0)
      expect(await helpers()).toBe('')
      for (const milliseconds of [400, 700, 900, 1100, 1400]) {
        const ran = await runHopwire(['trace', 'c1', 'c2', '--docker-host', `unix://${engine.socket}`], {
          whileRunning: (child) => void setTimeout(() => child.kill('SIGINT'), milliseconds),
        })
        // Null: it came before Node could set up its handlers.
        expect([0, 130, null]).toContain(ran.status)
        expect(await helpers()).toBe('')
      }
    })
  },
)

function frames(trace: Trace): readonly string[] {
  const seen = trace.hops.flatMap((hop) => hop.frames.map((frame) => ({ hop, frame })))
  return seen.map(({ hop, frame }) => `${hop.netns} ${hop.device} ${frame.direction} ${frame.src} > ${frame.dst}`)
}

function rules(trace: Trace, verdict: string): readonly string[] {
  const steps = trace.hops.flatMap((hop) => hop.steps)
  return steps.flatMap((step) =>
    step.kind === 'rule' && step.verdict === verdict ? [`${step.table} ${step.rule}`] : [],
  )
}
