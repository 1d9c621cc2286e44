import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, type BackendService } from '../../src/backend/service.ts'
import { createDockerSource } from '../../src/backend/sources/docker-source.ts'
import type { HostState } from '../../src/core/host/host-state.ts'
import type { NetNamespace } from '../../src/core/host/namespace.ts'
import { createCanceller } from '../../src/protocol/cancel-signal.ts'
import {
  busyboxImage,
  type Engine,
  type Generation,
  importBusybox,
  makeObject,
  startEngine,
  startWorld,
  whyNoLab,
  type World,
} from '../lab/index.ts'
import { apiPost } from '../lab/api.ts'
import { countReadings } from '../support/count-readings.ts'
import { listProcesses } from './left-behind.ts'

const reason = whyNoLab()
const generations: readonly Generation[] = ['20', '28']
const context = { signal: createCanceller().signal }
const SOON = { timeout: 60_000, interval: 100 }

/** What changes by the clock or by traffic is left out. */
function settled(state: HostState): object {
  const namespaces = state.namespaces.map((namespace) => ({ ...namespace, ...settledParts(namespace) }))
  return { ...state, capturedAt: '', names: [], namespaces }
}

function settledParts({ interfaces, fdb, sysctls }: NetNamespace) {
  const { 'netfilter/nf_conntrack_count': _, ...others } = sysctls
  return {
    conntrack: [],
    neighbors: [],
    fdb: fdb.filter(({ permanent }) => permanent),
    sysctls: others,
    interfaces: interfaces.map((device) => ({
      ...device,
      addresses: device.addresses.map(({ tentative: _tentative, ...address }) => address),
    })),
  }
}

/** What a reading could leave: containers, programs that run in the helper, handles of this process. */
async function countHeld(engine: Engine): Promise<Readonly<Record<string, number>>> {
  const count = (text: string): number => text.split('\n').filter(Boolean).length
  const helper = (await engine.docker(['ps', '-q', '--filter', 'label=io.hopwire.probe'])).trim()
  const execs = await engine.docker(['inspect', '-f', '{{range .ExecIDs}}{{println .}}{{end}}', helper])
  return {
    containers: count(await engine.docker(['ps', '-aq'])),
    execs: count(execs),
    programs: listProcesses(engine, /./).length,
    handles: process.getActiveResourcesInfo().filter((each) => each !== 'Timeout').length,
  }
}

/** The same at three looks: what was read for the last event may still be on its way. */
async function heldAtRest(engine: Engine): Promise<Readonly<Record<string, number>>> {
  const looks = [await countHeld(engine)]
  while (looks.length < 3) {
    await new Promise((resolve) => setTimeout(resolve, 300))
    const next = await countHeld(engine)
    if (JSON.stringify(next) === JSON.stringify(looks[0])) looks.push(next)
    else looks.splice(0, looks.length, next)
  }
  return looks[0] ?? {}
}

describe.each(generations)(
  `the state of a host with Docker %s that follows the engine’s events${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  (generation) => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    let world: World
    let engine: Engine
    let service: BackendService
    const counted = countReadings()
    let wholeAtFirst = 0

    const choice = () => ({ dockerHost: `unix://${engine.socket}`, probe: 'required' as const })
    const running = (name: string, ...options: string[]) =>
      ['run', '-d', '--name', name, ...options, busyboxImage, 'sleep', '100000'] as const
    const start = (name: string, ...options: string[]) => engine.docker(running(name, ...options))
    const followed = async (): Promise<HostState> => {
      const known = await service.methods.hostState({}, context)
      if (!known.ok || known.value === null) throw new Error('no state')
      return known.value.state
    }
    const readWhole = async (): Promise<HostState> => {
      const source = createDockerSource(choice())
      const outcome = await source.load()
      await source.close()
      if (!outcome.ok) throw new Error(outcome.failure.message)
      return outcome.value
    }
    /** Compares until they agree: the kernel takes its time with carriers, and the second look comes 4 s after the event. */
    const agree = async (): Promise<void> => {
      let [known, whole]: [object, object] = [{}, {}]
      const differ = async (): Promise<boolean> => {
        whole = settled(await readWhole())
        known = settled(await followed())
        return JSON.stringify(known) !== JSON.stringify(whole)
      }
      await expect
        .poll(differ, SOON)
        .toBe(false)
        .catch(() => undefined)
      expect(known).toEqual(whole)
    }

    beforeAll(async () => {
      world = await startWorld()
      engine = await startEngine(world, { generation })
      await importBusybox(engine)
      await makeObject(engine, running('first'))
      await makeObject(engine, ['network', 'create', 'net-a'])
      service = createService({ source: counted.watch(createDockerSource(choice())), version: '0', reading: 'fresh' })
      const read = await service.methods.refresh({}, context)
      if (!read.ok) throw new Error(read.failure.message)
      wholeAtFirst = counted.whole()
    })
    afterAll(async () => {
      await service?.close()
      world?.stop()
    })

    const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['a container was started on a network', () => start('a1', '--network', 'net-a')],
      ['one with a published port', () => start('web', '-p', '8080:80')],
      ['one was connected to another network', () => engine.docker(['network', 'connect', 'net-a', 'web'])],
      ['another joined its namespace', () => start('beside', '--network', 'container:a1')],
      ['a linked one was started', () => start('linked', '--link', 'first:friend')],
      [
        'the other end of the link got another address',
        async () => {
          await engine.docker(['stop', '-t', '0', 'first'])
          await start('taker')
          await engine.docker(['start', 'first'])
        },
      ],
      ['one was disconnected', () => engine.docker(['network', 'disconnect', 'net-a', 'web'])],
      ['the owner of a shared namespace ended', () => engine.docker(['stop', '-t', '0', 'a1'])],
      [
        'one was renamed and paused',
        async () => {
          await engine.docker(['rename', 'taker', 'giver'])
          await engine.docker(['pause', 'giver'])
        },
      ],
      [
        'networks came and went',
        async () => {
          await engine.docker(['network', 'create', '--internal', 'net-b'])
          await start('b1', '--network', 'net-b')
          await engine.docker(['rm', '-f', 'b1'])
          await engine.docker(['network', 'rm', 'net-b'])
          await engine.docker(['network', 'create', 'net-c'])
        },
      ],
      ['one shared the host’s own namespace', () => start('open', '--network', 'host')],
      [
        'all were removed',
        () => engine.docker(['rm', '-f', 'first', 'a1', 'web', 'beside', 'linked', 'giver', 'open']),
      ],
    ]

    it.each(changes)('is that of a whole reading after %s', async (_, change) => {
      await change()
      await agree()
    })

    it('leaves nothing behind after 500 events', { timeout: 240_000 }, async () => {
      const warnings: string[] = []
      const warn = ({ message }: Error): unknown => warnings.push(message)
      process.on('warning', warn)
      await start('restless')
      await agree()
      const before = await heldAtRest(engine)
      const readings = counted.changes()
      const rename = (from: string, to: string) => apiPost(engine.socket, `/containers/${from}/rename?name=${to}`)
      for (let burst = 0; burst < 10; burst += 1) {
        const sofar = counted.changes()
        for (let pair = 0; pair < 25; pair += 1) {
          await rename('restless', 'moved')
          await rename('moved', 'restless')
        }
        await expect.poll(() => counted.changes(), SOON).toBeGreaterThan(sofar)
      }
      await agree()
      expect(counted.changes()).toBeGreaterThan(readings + 9)
      await expect.poll(() => countHeld(engine), SOON).toEqual(before)
      process.off('warning', warn)
      expect(warnings).toEqual([])
    })

    it('was never read whole again', () => {
      expect(counted.whole()).toBe(wholeAtFirst)
      expect(counted.changes()).toBeGreaterThan(changes.length)
    })
  },
)
