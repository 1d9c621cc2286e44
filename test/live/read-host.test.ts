import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sameConsent } from '../../src/backend/consent/consent.ts'
import { createDockerSource } from '../../src/backend/sources/docker-source.ts'
import { checkHostState } from '../../src/core/host/check-host-state.ts'
import type { HostState } from '../../src/core/host/host-state.ts'
import type { NetNamespace } from '../../src/core/host/namespace.ts'
import {
  type Engine,
  type Generation,
  standardPlan,
  standardScene,
  startEngine,
  startWorld,
  whyNoLab,
  type World,
} from '../lab/index.ts'
import { run } from '../lab/run-command.ts'

const reason = whyNoLab()
const generations: readonly Generation[] = ['20', '28']

/** Rules of the host by chain. The API does not tell in which order things were made. */
function sameRules(host: HostState): readonly string[] {
  const tables = host.namespaces[0]?.rulesets.iptables ?? []
  return tables.flatMap(({ chains }) => chains.flatMap(({ rules }) => rules.map(({ text }) => text))).sort()
}

interface IpLink {
  readonly ifindex: number
  readonly ifname: string
  readonly link_index?: number
}

describe.each(generations)(
  `a host with Docker %s${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  (generation) => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    let world: World
    let engine: Engine
    let state: HostState

    const choice = () => ({ dockerHost: `unix://${engine.socket}`, probe: 'required' as const })
    const helpers = async (): Promise<string[]> => {
      const listed = await engine.docker(['ps', '-aq', '--filter', 'label=io.hopwire.probe'])
      return listed.split('\n').filter(Boolean)
    }
    const waitForNoHelper = async (): Promise<void> => {
      await expect.poll(helpers, { timeout: 60_000 }).toEqual([])
    }

    beforeAll(async () => {
      world = await startWorld()
      engine = await startEngine(world, { generation, withImages: false })
      await standardScene(engine)
      const source = createDockerSource(choice())
      const outcome = await source.load()
      await source.close()
      if (!outcome.ok) throw new Error(outcome.failure.message)
      state = outcome.value
    })
    afterAll(() => world?.stop())

    const namespaceOf = (name: string): NetNamespace => {
      const found = state.namespaces.find((one) => one.name === name)
      if (found === undefined) throw new Error(`no namespace ${name}`)
      return found
    }

    it('is read whole, without a gap', () => {
      expect(checkHostState(JSON.parse(JSON.stringify(state)))).toMatchObject({ ok: true })
      expect(state.gaps).toEqual([])
      expect(state.engine).toMatchObject({ name: 'docker', generation: Number(generation), userlandProxy: true })
      expect(state.containers.map(({ name }) => name)).toEqual(standardPlan.map(({ name }) => name).sort())
      expect(state.namespaces.map(({ name }) => name)[0]).toBe('host')
    })

    it('has every container in a namespace of its own, with its address and its resolver files', () => {
      for (const container of state.containers) {
        const namespace = state.namespaces.find(({ id }) => id === container.namespace)
        expect(namespace?.containers, container.name).toEqual([container.name])
        const eth0 = namespace?.interfaces.find(({ name }) => name === 'eth0')
        expect(eth0?.addresses.map(({ address }) => address)).toContain(container.endpoints[0]?.ipv4)
        expect(container.resolvConf).toContain('nameserver')
        expect(container.hosts).toContain('localhost')
      }
    })

    it('pairs every veth as the kernel tells from inside of the container', async () => {
      const hostLinks = JSON.parse(await engine.nsenter(['ip', '-j', 'link'])) as IpLink[]
      for (const { name } of standardPlan) {
        const netns = await engine.containerNetns(name)
        const inside = JSON.parse(await run(['nsenter', `--net=${netns}`, 'ip', '-j', 'link'])) as IpLink[]
        const eth0 = inside.find(({ ifname }) => ifname === 'eth0')
        const device = hostLinks.find(({ ifindex }) => ifindex === eth0?.link_index)?.ifname
        const peer = namespaceOf(`container:${name}`).interfaces.find((one) => one.name === 'eth0')?.peer
        expect(peer, name).toEqual({ namespace: state.namespaces[0]?.id, device })
      }
    })

    it('has each line of iptables-save as a rule, word for word', async () => {
      for (const [tool, family] of [['iptables-save', 'ip'] as const, ['ip6tables-save', 'ip6'] as const]) {
        const lines = (await engine.onHost([tool])).split('\n').filter((line) => line.startsWith('-A '))
        const tables = namespaceOf('host').rulesets.iptables?.filter((table) => table.family === family)
        const rules = tables?.flatMap(({ chains }) => chains.flatMap((chain) => chain.rules.map(({ text }) => text)))
        expect(rules?.sort(), tool).toEqual(lines.sort())
      }
    })

    it('knows where each docker-proxy connects on', () => {
      const web = state.containers.find(({ name }) => name === 'web')
      const socket = namespaceOf('host').sockets?.find(({ port, family }) => port === 8080 && family === 4)
      expect(socket?.proxyTo).toEqual({ address: web?.endpoints[0]?.ipv4, port: 80 })
    })

    it('looks names up from inside of each namespace, through its own name server', async () => {
      const source = createDockerSource(choice())
      try {
        const loaded = await source.load()
        if (!loaded.ok) throw new Error(loaded.failure.message)
        for (const from of ['host', 'container:c1', 'container:a1']) {
          const id = loaded.value.namespaces.find(({ name }) => name === from)?.id ?? ''
          const server = from === 'container:a1' ? '127.0.0.11' : '203.0.113.53'
          const [found, missing] = await Promise.all([
            source.resolve(id, 'facebook.com'),
            source.resolve(id, 'no.example'),
          ])
          expect(found).toMatchObject({ ok: true, value: { server, status: 'NOERROR', addresses: ['203.0.113.80'] } })
          expect(missing).toMatchObject({ ok: true, value: { server, status: 'NXDOMAIN', addresses: [] } })
        }
      } finally {
        await source.close()
      }
    })

    it('has the connections of each namespace that tracks any', async () => {
      await engine.docker(['exec', 'c1', 'ping', '-c', '1', '203.0.113.80'])
      const tracked = await engine.nsenter(['conntrack', '-L', '-p', 'icmp'])
      expect(tracked).toContain('src=172.17.0.2')
      const source = createDockerSource(choice())
      const outcome = await source.load()
      await source.close()
      if (!outcome.ok) throw new Error(outcome.failure.message)
      const [host] = outcome.value.namespaces
      expect(host?.conntrack).toContainEqual(
        expect.objectContaining({
          protocol: 'icmp',
          original: expect.objectContaining({ src: '172.17.0.2', dst: '203.0.113.80' }),
          reply: expect.objectContaining({ src: '203.0.113.80', dst: engine.address }),
        }),
      )
      expect(outcome.value.namespaces.find(({ name }) => name === 'container:c1')?.conntrack).toEqual([])
    })

    it('is free of helpers once the source is closed', async () => {
      expect(await helpers()).toEqual([])
    })

    it('loses the helper at once when its owner is killed', async () => {
      const script = join(import.meta.dirname, '../support/hold-docker-source.ts')
      const owner = spawn('npx', ['tsx', script, choice().dockerHost], {
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [said] = (await once(owner.stdout, 'data')) as [Buffer]
      expect(said.toString()).toBe('ready\n')
      expect(await helpers()).toHaveLength(1)
      // The whole group: npx, tsx and the owner itself.
      if (owner.pid !== undefined) process.kill(-owner.pid, 'SIGKILL')
      await waitForNoHelper()
    })

    it('is swept of a dead helper at the next start, and a living one of another Hopwire stays', async () => {
      const other = createDockerSource(choice())
      await other.load()
      const [living] = await helpers()
      const label = await engine.docker(['inspect', '-f', '{{index .Config.Labels "io.hopwire.probe"}}', living ?? ''])
      // Process ids end below 2^22 (Documentation/admin-guide/sysctl/kernel.rst, pid_max).
      const dead = JSON.stringify({ ...(JSON.parse(label) as object), pid: 4_194_305 })
      await engine.docker(['run', '-d', '--label', `io.hopwire.probe=${dead}`, 'busybox:local', 'sleep', '1000000'])
      const source = createDockerSource(choice())
      await source.load()
      await source.close()
      expect(await helpers()).toEqual([living])
      await other.close()
      expect(await helpers()).toEqual([])
    })

    it('is read again after somebody removed the helper', async () => {
      const source = createDockerSource(choice())
      await source.load()
      await engine.docker(['rm', '-f', ...(await helpers())])
      expect(await source.load()).toMatchObject({ ok: true })
      await source.close()
      expect(await helpers()).toEqual([])
    })

    it('tells of a container that starts, and not of its own helper', async () => {
      const source = createDockerSource(choice())
      const changes: string[] = []
      source.onChange((change) => {
        if (change === 'state') changes.push(change)
      })
      await source.load()
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(changes).toEqual([])
      await engine.docker(['run', '--rm', 'busybox:local', 'true'])
      await expect.poll(() => changes.length, { timeout: 60_000 }).toBeGreaterThan(0)
      await source.close()
    })

    it('without the helper is completed with what Docker would have made, and says so', async () => {
      const source = createDockerSource({ ...choice(), consent: sameConsent('refused') })
      const outcome = await source.load()
      await source.close()
      if (!outcome.ok) throw new Error(outcome.failure.message)
      expect(outcome.value.origin).toBe('api')
      expect(outcome.value.gaps).toContainEqual({
        namespace: null,
        what: 'assumed',
        why: 'the privileged helper was refused for this engine',
      })
      expect(checkHostState(JSON.parse(JSON.stringify(outcome.value)))).toMatchObject({ ok: true })
      expect(sameRules(outcome.value)).toEqual(sameRules(state))
    })
  },
)
