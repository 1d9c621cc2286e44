import { renameSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFallBackSource } from '../../src/backend/fall-back-source.ts'
import { type BackendService, createService } from '../../src/backend/service.ts'
import { createDockerSource } from '../../src/backend/sources/docker-source.ts'
import { createSampleSource } from '../../src/backend/sources/sample-source.ts'
import { createCanceller } from '../../src/protocol/cancel-signal.ts'
import type { SourceStatus } from '../../src/protocol/contract.ts'
import {
  bringDaemonBack,
  busyboxImage,
  type Engine,
  freezeDaemon,
  type Generation,
  importBusybox,
  makeObject,
  startEngine,
  startWorld,
  takeDaemonAway,
  thawDaemon,
  whyNoLab,
  type World,
} from '../lab/index.ts'

const reason = whyNoLab()
const generations: readonly Generation[] = ['20', '28']
const context = { signal: createCanceller().signal }
const SOON = { timeout: 60_000, interval: 100 }

describe.each(generations)(
  `an engine that goes away, Docker %s${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  (generation) => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    let world: World
    let engine: Engine
    let service: BackendService
    const told: SourceStatus[] = []

    const start = (name: string) => makeObject(engine, ['run', '-d', '--name', name, busyboxImage, 'sleep', '100000'])
    const status = async (): Promise<SourceStatus> => {
      const hello = await service.methods.hello({}, context)
      if (!hello.ok) throw new Error(hello.failure.message)
      return hello.value.status
    }
    const containers = async (): Promise<readonly string[]> => {
      const known = await service.methods.hostState({}, context)
      return known.ok ? (known.value?.state.containers.map(({ name, state }) => `${name} ${state}`) ?? []) : []
    }
    const helpers = async (): Promise<number> => {
      const listed = await engine.docker(['ps', '-aq', '--filter', 'label=io.hopwire.probe'])
      return listed.split('\n').filter(Boolean).length
    }

    beforeAll(async () => {
      world = await startWorld()
      engine = await startEngine(world, { generation })
      await importBusybox(engine)
      await start('c1')
      await start('c2')
      // Longer than Node keeps a connection for the next call: 5 s.
      const times = { beat: 6000, patience: 8000 }
      const real = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'optional', times })
      service = createService({
        source: createFallBackSource(real, createSampleSource()),
        version: '0',
        reading: 'fresh',
      })
      service.subscribe('status', (next) => told.push(next))
    })
    afterAll(async () => {
      await service?.close()
      world?.stop()
    })

    it('is read first', async () => {
      await expect.poll(containers, SOON).toEqual(['c1 running', 'c2 running'])
    })

    it('is given up by a trace in one sentence when dockerd hangs, and read again when it goes on', async () => {
      await freezeDaemon(engine)
      const question = { flow: { from: 'c1', to: 'c2', protocol: 'icmp' as const }, tried: false }
      const [asked, again] = await Promise.all([
        service.methods.liveTrace({ ...question, probe: 'auto', waitSeconds: 5 }, context),
        service.methods.refresh({}, context),
      ])
      await thawDaemon(engine)
      for (const each of [asked, again]) expect(each).toMatchObject({ failure: { code: 'engine-unreachable' } })
      expect(asked.ok ? '' : asked.failure.message).toMatch(/^the Docker engine at unix:\S+ has not answered for 8 s$/)
      await expect.poll(async () => (await status()).phase, SOON).toBe('ready')
      expect((await status()).lost).toBeUndefined()
      expect(await containers()).toEqual(['c1 running', 'c2 running'])
      expect(told.map(({ kind }) => kind)).not.toContain('sample')
    })

    it('is told of when dockerd dies, with its host still on show and what was under way ended in one sentence', async () => {
      const question = { flow: { from: 'external', to: 'c1', protocol: 'icmp' as const }, tried: false }
      const waiting = service.methods.liveTrace({ ...question, probe: 'auto', waitSeconds: 600 }, context)
      const phases: string[] = []
      service.subscribe('liveProgress', ({ phase }) => phases.push(phase))
      await expect.poll(() => phases.at(-1), SOON).toBe('waiting')
      const target = { kind: 'container' as const, name: 'c1' }
      const watch = { target, filter: '', ringBytes: 1_000_000, snapLength: 128 }
      const watching = await service.methods.startWatch(watch, context)
      if (!watching.ok) throw new Error(watching.failure.message)
      await takeDaemonAway(engine)
      await expect.poll(async () => (await status()).lost, SOON).toMatchObject({ since: expect.any(String) as string })
      expect(await status()).toMatchObject({ kind: 'docker', phase: 'reconnecting' })
      expect((await status()).problem).toMatch(/^the Docker engine at unix:\/\/\S+ /)
      expect(await containers()).toEqual(['c1 running', 'c2 running'])
      const ended = await waiting
      expect(ended).toMatchObject({ ok: false })
      expect(ended.ok ? '' : ended.failure.message).toMatch(/^[^\n]{10,200}$/)
      await expect
        .poll(async () => {
          const listed = await service.methods.listWatches({}, context)
          return listed.ok ? listed.value.map(({ stage, problem }) => [stage, problem !== null]) : []
        }, SOON)
        .toEqual([['ended', true]])
    })

    it('is tried again, slower each time, and at once for who asks', async () => {
      const tries = () => new Set(told.map(({ lost }) => lost?.nextTry).filter(Boolean)).size
      const before = tries()
      await expect.poll(tries, SOON).toBeGreaterThan(before + 2)
      expect(await service.methods.refresh({}, context)).toMatchObject({
        ok: false,
        failure: { code: 'engine-unreachable' },
      })
      expect(told.map(({ kind }) => kind)).not.toContain('sample')
    })

    it('is picked up when dockerd is back: read whole, followed, with one helper', async () => {
      await bringDaemonBack(engine)
      await expect.poll(async () => (await status()).phase, SOON).toBe('ready')
      expect((await status()).lost).toBeUndefined()
      await expect.poll(containers, SOON).toEqual(['c1 exited', 'c2 exited'])
      await engine.docker(['start', 'c1'])
      await start('c3')
      await expect.poll(containers, SOON).toEqual(['c1 running', 'c2 exited', 'c3 running'])
      expect(await helpers()).toBe(1)
      const trace = { flow: { from: 'c1', to: 'c3', protocol: 'icmp' as const }, tried: false }
      expect(await service.methods.trace(trace, context)).toMatchObject({
        ok: true,
        value: { report: { disposition: 'delivered' } },
      })
    })

    it('is missed when its socket is removed, though its connections stay open, and found with the new socket', async () => {
      renameSync(engine.socket, `${engine.socket}.away`)
      await expect.poll(async () => (await status()).problem ?? '', SOON).toContain('there is no such socket')
      expect((await status()).phase).toBe('reconnecting')
      renameSync(`${engine.socket}.away`, engine.socket)
      await expect.poll(async () => (await status()).phase, SOON).toBe('ready')
      await engine.docker(['rm', '-f', 'c2'])
      await expect.poll(containers, SOON).toEqual(['c1 running', 'c3 running'])
      await expect.poll(helpers, SOON).toBe(1)
    })
  },
)
