import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BackendService, createService } from '../../src/backend/service.ts'
import { createDockerSource } from '../../src/backend/sources/docker-source.ts'
import type { Flow } from '../../src/core/trace/flow.ts'
import type { LiveReport, ProbeKind } from '../../src/core/trace/live-report.ts'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import { createCanceller } from '../../src/protocol/cancel-signal.ts'
import {
  type Engine,
  type Generation,
  sendProbe,
  standardScene,
  startEngine,
  startWorld,
  whyNoLab,
  type World,
} from '../lab/index.ts'
import { forgetMacs } from '../lab/forget-macs.ts'
import { listLeft } from './left-behind.ts'
import { wrapEngine } from './wrap-engine.ts'

const reason = whyNoLab()
const generations: readonly Generation[] = ['20', '28']

/** What is asked, how, and what becomes of it. */
const FLOWS: readonly (readonly [ProbeKind, Flow, string])[] = [
  ['auto', { from: 'c1', to: 'c2', protocol: 'icmp' }, 'delivered'],
  ['auto', { from: 'c1', to: '203.0.113.80', protocol: 'icmp' }, 'leaves-host'],
  ['auto', { from: 'host', to: 'c1', protocol: 'icmp' }, 'delivered'],
  ['auto', { from: 'c1', to: '203.0.113.80', protocol: 'icmp', ttl: 1 }, 'ttl-exceeded'],
  ['auto', { from: 'c1', to: '172.17.0.99', protocol: 'icmp' }, 'neighbor-unreachable'],
  ['auto', { from: 'c1', to: '203.0.113.80', protocol: 'udp', destinationPort: 7 }, 'leaves-host'],
  ['auto', { from: 'c1', to: 'quiet', protocol: 'udp', destinationPort: 9 }, 'nothing-listening'],
  ['dns', { from: 'c1', to: 'facebook.com', protocol: 'udp', destinationPort: 53 }, 'leaves-host'],
  ['dns', { from: 'a1', to: 'facebook.com', protocol: 'udp', destinationPort: 53 }, 'delivered'],
  ['auto', { from: 'c1', to: 'web', protocol: 'tcp', destinationPort: 80, sourcePort: 47_111 }, 'delivered'],
  ['syn', { from: 'c1', to: 'quiet', protocol: 'tcp', destinationPort: 80 }, 'nothing-listening'],
  ['connect', { from: 'c1', to: 'web', protocol: 'tcp', destinationPort: 80 }, 'delivered'],
  ['http', { from: 'host', to: 'web', protocol: 'tcp', destinationPort: 80 }, 'delivered'],
  ['syn', { from: 'a1', to: '172.19.0.2', protocol: 'tcp', destinationPort: 80 }, 'dropped'],
  ['auto', { from: 'host', to: '2001:db8:51::1', protocol: 'icmp' }, 'leaves-host'],
  ['http', { from: 'host', to: '2001:db8:51::1', protocol: 'tcp', destinationPort: 80 }, 'leaves-host'],
]

describe.each(generations)(
  `a live trace on Docker %s${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  (generation) => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    let world: World
    let engine: Engine
    let service: BackendService

    beforeAll(async () => {
      world = await startWorld()
      engine = await startEngine(world, { generation })
      await standardScene(engine)
      const source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
      service = createService({ source, version: 'test', reading: 'fresh' })
    })
    afterAll(async () => {
      await service?.close()
      world?.stop()
    })

    const trace = async (flow: Flow, probe: ProbeKind, waitSeconds = 10): Promise<LiveReport> => {
      const question = { flow, probe, waitSeconds, tried: false }
      const outcome = await service.methods.liveTrace(question, { signal: createCanceller().signal })
      if (!outcome.ok) throw new Error(outcome.failure.message)
      return outcome.value.report
    }
    const waiting = (): Promise<void> =>
      new Promise((resolve) => {
        const stop = service.subscribe('liveProgress', ({ phase }) => {
          if (phase !== 'waiting') return
          stop()
          resolve()
        })
      })

    it.each(FLOWS)('by %s of %o is %s, as predicted', async (probe, flow, disposition) => {
      const live = await trace(flow, probe)
      expect(live.comparison.divergence).toBeNull()
      expect(live.lacks).toEqual([])
      expect([live.predicted.disposition, live.observed.disposition]).toEqual([disposition, disposition])
      if (flow.sourcePort !== undefined) expect(live.observed.flow.sourcePort).toBe(flow.sourcePort)
    })

    it.each([
      ['c1', ['DNS facebook.com']],
      ['a1', ['DNS facebook.com', 'DNS facebook.com (dockerd asks 203.0.113.53)']],
    ])('from %s watches the questions for the name, too', async (from, asked) => {
      const live = await trace({ from, to: 'facebook.com', protocol: 'icmp' }, 'auto')
      expect(live.comparison.divergence).toBeNull()
      const questions = live.comparison.exchanges.filter(({ label }) => label.startsWith('DNS '))
      expect(questions.map(({ label }) => label)).toEqual(asked)
      for (const { verdict, observed, fates } of questions) {
        expect([verdict, fates.reply?.verdict]).toEqual(['agrees', 'agrees'])
        expect(observed).not.toBeNull()
      }
    })

    it('sends the question alone where its packet is lost, since nothing else would be sent', async () => {
      const rule = ['DOCKER-USER', '-p', 'udp', '--dport', '53', '-j', 'DROP']
      await engine.nsenter(['iptables', '-I', ...rule])
      const live = await trace({ from: 'c1', to: 'facebook.com', protocol: 'icmp' }, 'auto')
      await engine.nsenter(['iptables', '-D', ...rule])
      expect(live.observed.disposition).toBe('dropped')
      expect(live.observed.exchanges.map(({ protocol }) => protocol)).not.toContain('icmp')
    })

    it('shows what docker-proxy does with a connection, and nothing of it for a lone SYN', async () => {
      const flow = { from: 'c1', to: engine.address, protocol: 'tcp', destinationPort: 8080 } as const
      const [connect, syn] = [await trace(flow, 'connect'), await trace(flow, 'syn')]
      const labels = ({ observed }: LiveReport) => observed.exchanges.map(({ label }) => label)
      expect([connect, syn].map(({ comparison }) => comparison.divergence)).toEqual([null, null])
      expect(labels(connect)).toContain('docker-proxy TCP SYN')
      expect(labels(syn)).not.toContain('docker-proxy TCP SYN')
    })

    it.each(['tcp-syn', 'icmp'] as const)(
      'waits for %s of a machine outside, and predicts for that one',
      async (kind) => {
        const flow: Flow =
          kind === 'icmp'
            ? { from: 'external', to: 'host', protocol: 'icmp' }
            : { from: 'external', to: 'host', protocol: 'tcp', destinationPort: 8080 }
        const traced = trace(flow, 'auto', 60)
        await waiting()
        await sendProbe(
          world.clientNetns,
          kind === 'icmp'
            ? { kind, to: engine.address, id: 4711 }
            : { kind, to: engine.address, port: 8080, sourcePort: 4711 },
        )
        const live = await traced
        expect(live.comparison.divergence).toBeNull()
        expect(live.observed.flow).toMatchObject({ from: 'external:198.51.100.200', sourcePort: 4711 })
        expect(live.observed.disposition).toBe('delivered')
      },
    )

    it('takes, of many that come, a connection that began when everything listened', async () => {
      const over = new AbortController()
      const knock = async () => {
        for (let sourcePort = 20_000; !over.signal.aborted; sourcePort += 1)
          await sendProbe(world.clientNetns, { kind: 'tcp-connect', to: engine.address, port: 8080, sourcePort })
      }
      const knocking = knock()
      try {
        for (let run = 0; run < 3; run += 1) {
          const live = await trace({ from: 'external', to: 'host', protocol: 'tcp', destinationPort: 8080 }, 'auto', 60)
          expect(live.comparison.divergence).toBeNull()
          expect(live.observed.disposition).toBe('delivered')
        }
      } finally {
        over.abort()
        await knocking
      }
    })

    it('finds the rule that came after the host was read', async () => {
      const flow = { from: 'c1', to: 'c2', protocol: 'icmp' } as const
      await trace(flow, 'auto')
      const add = [`--net=${engine.netns}`, 'iptables', '-I', 'DOCKER-USER', '-p', 'icmp', '-j', 'DROP']
      // Synchronous: it is there before anything is sent.
      const stop = service.subscribe('liveProgress', ({ phase }) => {
        if (phase === 'predicting') execFileSync('nsenter', add)
      })
      const live = await trace(flow, 'auto').finally(stop)
      await engine.nsenter(['iptables', '-D', 'DOCKER-USER', '-p', 'icmp', '-j', 'DROP'])
      expect(live.predicted.disposition).toBe('delivered')
      expect(live.observed.disposition).toBe('dropped')
      expect(live.comparison.divergence).toContain('-A DOCKER-USER -p icmp -j DROP')
    })

    it.each([
      ['c1', 'c2'],
      ['echo', 'c1'],
      ['c1', 'echo'],
    ])(
      'sees each copy that a bridge makes of what %s sends to %s, and the one that nat is asked for',
      async (from, to) => {
        const learnAgain = await forgetMacs(engine, 'docker0')
        // No event tells of it: a state that has just been read would do.
        await service.methods.refresh({}, { signal: createCanceller().signal })
        const live = await trace({ from, to, protocol: 'icmp' }, 'auto')
        await learnAgain()
        const asked = (report: TraceReport): readonly number[] =>
          (report.exchanges.at(-1)?.forward.hops ?? []).flatMap(({ device, steps }) => {
            const rules = steps.filter(({ kind }) => kind === 'rule')
            const policies = steps.filter((step) => step.kind === 'policy' && step.chain === 'POSTROUTING')
            return device === 'docker0' && rules.length > 0 ? [policies.length] : []
          })
        expect(live.comparison.divergence).toBeNull()
        expect(asked(live.predicted)).toHaveLength(5)
        expect(asked(live.observed)).toEqual(asked(live.predicted))
      },
    )

    it('says of a sender that has ended since that nothing could be sent', async () => {
      // Synchronous: it is gone before anything is planned.
      const stop = service.subscribe('liveProgress', ({ phase }) => {
        if (phase === 'predicting') execFileSync('docker', ['-H', `unix://${engine.socket}`, 'kill', 'a2'])
      })
      const live = await trace({ from: 'a2', to: 'a1', protocol: 'icmp' }, 'auto').finally(stop)
      await engine.docker(['start', 'a2'])
      const why = 'the process that it was known by has ended'
      expect(live.lacks).toEqual([`container:a2: this namespace cannot be watched: ${why}`])
      expect(live.observed.reason).toContain(`it could not be sent (${why})`)
      expect([live.observed.disposition, live.comparison.divergence]).toEqual(['cannot-tell', null])
    })

    /** One engine is enough: what is missing is the kernel's. */
    const describeLess = (): void => {
      const traceWith = async (edits: readonly (readonly [string, string])[], flow: Flow): Promise<LiveReport> => {
        const wrapped = await wrapEngine(engine, edits)
        const source = createDockerSource({ dockerHost: `unix://${wrapped.socket}`, probe: 'required' })
        const poor = createService({ source, version: 'test', reading: 'fresh' })
        try {
          const question = { flow, probe: 'auto', waitSeconds: 10, tried: false } as const
          const outcome = await poor.methods.liveTrace(question, { signal: createCanceller().signal })
          if (!outcome.ok) throw new Error(outcome.failure.message)
          return outcome.value.report
        } finally {
          await poor.close()
          wrapped.close()
        }
      }

      it('takes its lack of NET_RAW for no packet that was dropped', async () => {
        await service.methods.refresh({}, { signal: createCanceller().signal })
        const left = await listLeft(engine)
        const live = await traceWith([['"NET_RAW"', '"CHOWN"  ']], { from: 'c1', to: 'c2', protocol: 'icmp' })
        expect(live.lacks).toEqual([
          expect.stringMatching(/^host, container:c., container:c.: packets cannot be captured: .* NET_RAW /) as string,
        ])
        expect(live.observed.reason).toContain('it could not be sent (no socket can be opened for it: Operation not')
        expect([live.observed.disposition, live.comparison.divergence]).toEqual(['cannot-tell', null])
        await expect.poll(() => listLeft(engine), { timeout: 30_000, interval: 200 }).toEqual(left)
      })

      it('goes on with the frames where rules, counters and drop reasons are out of reach', async () => {
        const edits = [
          ['"NET_ADMIN"', '"CHOWN"    '],
          [String.raw`tracefs\\0`, String.raw`nosuchf\\0`],
        ] as const
        const live = await traceWith(edits, { from: 'c1', to: '203.0.113.80', protocol: 'icmp' })
        expect(live.lacks.map((lack) => /: ([\w ]+):/.exec(lack)?.[1])).toEqual([
          'rules cannot be traced',
          'counters of rules cannot be read',
          'drop reasons are not told',
        ])
        expect([live.observed.disposition, live.comparison.divergence]).toEqual(['leaves-host', null])
      })
    }
    if (generation === '28') describe('with a helper that has less', describeLess)

    it('says of rules of iptables-legacy that it cannot see them, and goes on', async () => {
      const rule = ['FORWARD', '-p', 'icmp', '-j', 'ACCEPT']
      await engine.nsenter(['iptables-legacy', '-A', ...rule])
      await service.methods.refresh({}, { signal: createCanceller().signal })
      const live = await trace({ from: 'c1', to: 'c2', protocol: 'icmp' }, 'auto')
      await engine.nsenter(['iptables-legacy', '-D', ...rule])
      expect(live.lacks).toEqual([expect.stringContaining('host: this host has rules of iptables-legacy') as string])
      expect(live.observed.disposition).toBe('delivered')
      expect(live.comparison.divergence).toBeNull()
    })
  },
)
