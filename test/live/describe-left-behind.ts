import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CLI_ENV } from '../cli/run-hopwire.ts'
import {
  type Engine,
  type Generation,
  sendProbe,
  standardScene,
  startContainer,
  startEngine,
  startWorld,
  whyNoLab,
  type World,
} from '../lab/index.ts'
import { onceMore } from '../lab/once-more.ts'
import { bundleCli } from '../support/bundle-cli.ts'
import { listInstances, listLeft, listProcesses, readRules } from './left-behind.ts'

const reason = whyNoLab()
const wentWell = { status: 0, stderr: '', differs: '' }
const SOON = { timeout: 60_000, interval: 200 }

/** Each dies with the first one: some are gone before their turn. */
function kill(pid: number): void {
  if (pid > 1 && existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGKILL')
}

interface Traced {
  readonly child: ChildProcess
  /** `differs` is the sentence about the divergence. */
  readonly ended: Promise<{ readonly status: number | null; readonly stderr: string; readonly differs: string }>
}

/** What a live trace leaves on a host of one generation, however it ends: nothing. */
export function describeLeftBehind(generation: Generation): void {
  const skipped = reason === undefined ? '' : ` (skipped: ${reason})`
  describe.skipIf(reason !== undefined)(
    `what a live trace leaves on a host with Docker ${generation}${skipped}`,
    () => {
      let world: World
      let engine: Engine
      let rules: string
      let entry: string

      beforeAll(async () => {
        entry = await bundleCli()
        world = await startWorld()
        engine = await startEngine(world, { generation })
        await standardScene(engine)
        rules = await onceMore({ what: 'the rules of a host', make: () => readRules(engine) })
      })
      afterAll(() => world?.stop())
      afterEach(async () => {
        await expect.poll(() => listLeft(engine), SOON).toEqual([])
      })

      /** Runs `hopwire trace ... --live` on the engine, in a process that can be killed. */
      const trace = (...words: readonly string[]): Traced => {
        const argv = [entry, 'trace', ...words, '--live', '--docker-host', `unix://${engine.socket}`]
        const child = spawn(process.execPath, argv, { env: CLI_ENV, stdio: ['ignore', 'pipe', 'pipe'] })
        let [stdout, stderr] = ['', '']
        child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
        child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
        const ended = once(child, 'close').then(([status]) => {
          const differs = /^! (.*(?:\n {2}.*)*)/m.exec(stdout)?.[1] ?? ''
          return { status: status as number | null, stderr, differs }
        })
        return { child, ended }
      }
      const waiting = async (...words: readonly string[]): Promise<Traced> => {
        const traced = trace(...(words.length === 0 ? ['external', 'host:8080', '--wait', '100'] : words))
        await expect
          .poll(() => listProcesses(engine).filter(({ words: w }) => w.includes('nft')).length, SOON)
          .toBeGreaterThan(1)
        await expect.poll(() => listLeft(engine).then((left) => left.join()), SOON).toContain('hopwire_')
        await expect.poll(() => listInstances(engine), SOON).toHaveLength(1)
        return traced
      }
      const unchanged = async () => expect(await readRules(engine)).toBe(rules)

      it('is nothing after one that went well, and its rules are as they were', async () => {
        expect(await trace('c1', 'c2').ended).toEqual(wentWell)
        expect(await listLeft(engine)).toEqual([])
        await unchanged()
      })

      it('is nothing after an error', async () => {
        const { status, stderr } = await trace('c1', '203.0.113.80', '--probe', 'dns').ended
        expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('hopwire: ') as string })
        expect(await listLeft(engine)).toEqual([])
        await unchanged()
      })

      it('is nothing after the time is up', async () => {
        const { status, stderr } = await trace('external', 'host:8080', '--wait', '1').ended
        expect(stderr).toContain('no packet to host:8080 came within 1 s')
        expect(status).toBe(3)
        expect(await listLeft(engine)).toEqual([])
        await unchanged()
      })

      it('is nothing after it was cancelled', async () => {
        const { child, ended } = await waiting()
        child.kill('SIGINT')
        expect(await ended).toMatchObject({ status: 130, stderr: 'hopwire: interrupted\n' })
        expect(await listLeft(engine)).toEqual([])
        await unchanged()
      })

      it('is nothing after hopwire was killed', async () => {
        const { child, ended } = await waiting()
        child.kill('SIGKILL')
        await ended
        await expect.poll(() => listLeft(engine), SOON).toEqual([])
        await unchanged()
      })

      it.each(['the leader', 'each'])(
        'is nothing after %s of its processes in the helper was killed',
        async (which) => {
          const { ended } = await waiting()
          const processes = listProcesses(engine)
          for (const { pid } of which === 'each' ? processes : processes.slice(0, 1)) kill(pid)
          const { status, stderr } = await ended
          expect({ status, stderr }).toMatchObject({
            status: 3,
            stderr: expect.stringContaining('hopwire: ') as string,
          })
          if (which === 'each') await trace('c1', 'c2').ended
          await expect.poll(() => listLeft(engine), SOON).toEqual([])
          await unchanged()
        },
      )

      it('is an instance of tracefs after its helper was killed, which the next one removes', async () => {
        const { ended } = await waiting()
        const [helper] = (await engine.docker(['ps', '-q', '--filter', 'label=io.hopwire.probe'])).split('\n')
        await engine.docker(['kill', helper ?? ''])
        expect((await ended).status).toBe(3)
        await expect.poll(() => listProcesses(engine), SOON).toEqual([])
        expect(await trace('c1', 'c2').ended).toEqual(wentWell)
        expect(await listLeft(engine)).toEqual([])
        await unchanged()
      })

      it.each(['removed', 'restarted'])('is nothing after its target was %s meanwhile', async (what) => {
        await startContainer(engine, { name: 'target', publish: '8090:80', web: true })
        const { child, ended } = await waiting('external', 'host:8090', '--wait', '100')
        if (what === 'removed') {
          await engine.docker(['rm', '-f', 'target'])
          child.kill('SIGINT')
          expect((await ended).status).toBe(130)
        } else {
          await engine.docker(['restart', '-t', '0', 'target'])
          await sendProbe(world.clientNetns, { kind: 'tcp-syn', to: engine.address, port: 8090 })
          const { status, differs } = await ended
          expect([0, 1, 4]).toContain(status)
          const why = /^(The process that )?container:target (was known by )?has ended since the host was read/
          if (status === 4) expect(differs.replace(/\s+/g, ' ')).toMatch(why)
          await engine.docker(['rm', '-f', 'target'])
        }
        expect(await listLeft(engine)).toEqual([])
        await unchanged()
      })

      it('is nothing of either when two trace at once, and they do not disturb each other', async () => {
        const waits = await waiting()
        const [one, other] = [trace('c1', 'c2'), trace('c2', '203.0.113.80')]
        const ended = await Promise.all([one.ended, other.ended])
        expect(ended).toEqual([wentWell, wentWell])
        expect(waits.child.exitCode === null ? 'waits' : await waits.ended).toBe('waits')
        await sendProbe(world.clientNetns, { kind: 'tcp-syn', to: engine.address, port: 8080 })
        expect(await waits.ended).toEqual(wentWell)
        expect(await listLeft(engine)).toEqual([])
        await unchanged()
      })

      // The last one: the host is not what it was.
      it('is nothing after dockerd was killed', async () => {
        const { ended } = await waiting()
        const [dockerd] = listProcesses(engine, /^dockerd /)
        // The lab's host ends with its dockerd, as no real one does.
        process.kill(engine.pid, 'SIGSTOP')
        kill(dockerd?.pid ?? 0)
        expect((await ended).status).toBe(3)
        await expect.poll(() => listLeft(engine), SOON).toEqual([])
      })
    },
  )
}
