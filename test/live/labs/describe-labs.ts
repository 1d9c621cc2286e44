import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sameConsent } from '../../../src/backend/consent/consent.ts'
import { listLabIds, loadLab } from '../../../src/backend/labs/lab-files.ts'
import { type BackendService, createService } from '../../../src/backend/service.ts'
import { createDockerSource } from '../../../src/backend/sources/docker-source.ts'
import { splitWords } from '../../../src/core/manage/split-words.ts'
import { call, walkLab } from '../../backend/labs/walk-lab.ts'
import {
  type Engine,
  type Generation,
  importBusybox,
  makeObject,
  startEngine,
  startWorld,
  whyNoLab,
  type World,
} from '../../lab/index.ts'

const reason = whyNoLab()
const LABS = listLabIds().filter((id) => {
  const page = loadLab(id)
  return page.ok && page.value.grounds.includes('docker')
})

/** What `docker compose up` makes of the files of lab 12; the hosts of these tests have the docker command alone. */
const COMPOSED: Readonly<Record<string, readonly string[]>> = {
  'docker compose -f shop.yml up -d': [
    'docker network create shop_default',
    'docker run -d --name shop-db-1 --network shop_default --network-alias db busybox sleep infinity',
    'docker run -d --name shop-web-1 --network shop_default --network-alias web -p 8080:80 busybox httpd -f',
  ],
  'docker compose -f blog.yml up -d': [
    'docker network create blog_default',
    'docker run -d --name blog-web-1 --network blog_default --network-alias web busybox sleep infinity',
  ],
  'docker compose -f cart.yml up -d': [
    'docker run -d --name cart-api-1 --network shared --network-alias api busybox sleep infinity',
  ],
}

/**
 * The labs that can be done on a real engine, or some of them, their commands typed into a terminal there, and what is left
 * behind.
 */
export function describeLabs(generation: Generation, labs: readonly string[] = LABS): void {
  describe(`labs on Docker ${generation}${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    let world: World
    let engine: Engine
    let service: BackendService
    let home: string
    const open = () =>
      createService({
        source: createDockerSource({ dockerHost: `unix://${engine.socket}`, consent: sameConsent('allowed') }),
        version: 'test',
        reading: 'fresh',
      })

    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), 'hopwire-labs-'))
      vi.stubEnv('XDG_CONFIG_HOME', home)
      world = await startWorld()
      engine = await startEngine(world, { generation })
      await importBusybox(engine)
      await engine.docker(['tag', 'busybox:local', 'busybox:latest'])
      await makeObject(engine, ['run', '-d', '--name', 'mine', 'busybox', 'sleep', 'infinity'])
      await makeObject(engine, ['network', 'create', 'mine-net'])
      service = open()
      await call(service, 'refresh', {})
    })
    afterAll(async () => {
      await service?.close()
      world?.stop()
      vi.unstubAllEnvs()
      await rm(home, { recursive: true, force: true })
    })
    const names = async (): Promise<readonly string[]> => {
      const listed = await Promise.all([
        engine.docker(['ps', '-a', '--format', '{{.Names}}']),
        engine.docker(['network', 'ls', '--format', '{{.Name}}']),
      ])
      const own = listed
        .flatMap((text) => text.split('\n'))
        .filter((name) => name !== '' && !name.startsWith('hopwire'))
      return own.toSorted()
    }
    const type = async (command: string): Promise<void> => {
      for (const line of COMPOSED[command] ?? [command]) await engine.docker((splitWords(line) ?? []).slice(1))
      await call(service, 'refresh', {})
    }
    const untouched = ['bridge', 'host', 'mine', 'mine-net', 'none']

    it.each(labs)('%s', async (lab) => {
      await walkLab(service, lab, 'docker', type)
      expect(await names()).not.toEqual(untouched)
      await call(service, 'endLab', {})
      expect(await names()).toEqual(untouched)
    })

    it('a lab that would need a name that is taken is refused, and nothing is touched', async () => {
      await engine.docker(['run', '-d', '--name', 'container2', 'busybox', 'sleep', 'infinity'])
      await expect(call(service, 'startLab', { lab: '02-docker0', ground: 'docker' })).rejects.toThrow(
        'the engine already has the container container2',
      )
      expect(await names()).toContain('container2')
      await engine.docker(['rm', '-f', 'container2'])
    })

    it('what a lab left when its Hopwire was killed is removed by the next', async () => {
      await call(service, 'startLab', { lab: '08-isolation', ground: 'docker' })
      await type('docker network create --internal vault')
      await call(service, 'labState', {})
      // Another Hopwire knows of it only what the engine and the user's folder tell.
      const next = open()
      await call(next, 'refresh', {})
      expect(await call(next, 'labState', {})).toBeNull()
      await call(next, 'endLab', {})
      expect(await names()).toEqual(untouched)
      await next.close()
    })
  })
}
