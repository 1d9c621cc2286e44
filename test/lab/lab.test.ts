import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  captureFrames,
  countersRose,
  type Engine,
  type Frame,
  sendProbe,
  standardScene,
  startEngine,
  startWorld,
  sweep,
  webServer,
  whyNoLab,
  type World,
} from './index.ts'
import { identify } from './process-identity.ts'

const reason = whyNoLab()
const title = (text: string): string => (reason === undefined ? text : `${text} (skipped: ${reason})`)

/** What of a run can be seen on the machine: processes, namespaces, mounts, control groups, folders. */
function traces(name: string): string[] {
  const find = (folder: string): string[] =>
    existsSync(folder) ? readdirSync(folder).filter((entry) => entry.startsWith(name)) : []
  const processes = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(name))
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(name))
  const cgroups = readdirSync('/sys/fs/cgroup').flatMap((entry) => safeList(`/sys/fs/cgroup/${entry}`, name))
  return [...find('/run/netns'), ...find('/var/tmp'), ...processes, ...mounts, ...cgroups]
}

function safeList(folder: string, name: string): string[] {
  try {
    return readdirSync(folder).filter((entry) => entry.startsWith(name))
  } catch {
    return []
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Processes of a host by its pid namespace, which also knows those whose command line tells nothing. Zombies do not count:
 * they hold nothing, and only wait for the machine's pid 1.
 */
function processesOf(pidNamespace: string): string[] {
  const alive = readdirSync('/proc').filter((pid) => identify(Number(pid)) !== undefined)
  return alive.filter((pid) => pidNamespaceOf(pid) === pidNamespace)
}

function pidNamespaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return ''
  }
}

function machine(): string {
  const show = (program: string, ...args: string[]): string => execFileSync(program, args).toString()
  const forwarding = readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8')
  return [forwarding, show('nft', 'list', 'ruleset'), show('ip', '-br', 'addr'), show('ip', 'route')].join('\n')
}

function place(frame: Frame): string {
  return `${frame.device.replace(/^veth.*/, 'veth')} ${frame.direction} ${frame.src}`
}

describe.skipIf(reason !== undefined)(title('the lab'), () => {
  const before = reason === undefined ? machine() : ''
  const engines = new Map<string, Engine>()
  let world: World

  beforeAll(async () => {
    world = await startWorld()
    await Promise.all(
      (['20', '28'] as const).map(async (generation) => {
        const engine = await startEngine(world, { generation })
        await standardScene(engine)
        engines.set(generation, engine)
      }),
    )
  })
  afterAll(() => world.stop())

  const engineOf = (generation: string): Engine => {
    const engine = engines.get(generation)
    if (engine === undefined) throw new Error(`engine ${generation} did not start`)
    return engine
  }

  describe.each(['20', '28'])('engine %s', (generation) => {
    it('is of that generation', async () => {
      const version = await engineOf(generation).docker(['version', '--format', '{{.Server.Version}}'])
      expect(version.startsWith(`${generation}.`)).toBe(true)
    })

    it("carries a container's ping to the outside and back, by the devices and rules that Docker sets up", async () => {
      const engine = engineOf(generation)
      const c1 = await engine.containerNetns('c1')
      const id = 4711
      const { value, rules } = await countersRose(engine.netns, () =>
        captureFrames({ host: engine.netns }, 'icmp', () => sendProbe(c1, { kind: 'icmp', to: webServer, id })),
      )
      expect(value.value).toMatchObject({ outcome: 'reply', from: webServer, ttl: 63 })
      expect(value.frames.map(place)).toEqual([
        'veth in 172.17.0.2',
        'docker0 in 172.17.0.2',
        `ens5 out ${engine.address}`,
        `ens5 in ${webServer}`,
        `docker0 out ${webServer}`,
        `veth out ${webServer}`,
      ])
      expect(value.frames.map((frame) => frame.ttl)).toEqual([64, 64, 63, 64, 63, 63])
      expect(value.frames.every((frame) => frame.icmp?.id === id)).toBe(true)
      expect(rules).toContainEqual(
        expect.objectContaining({
          table: 'nat',
          chain: 'POSTROUTING',
          rule: '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
          times: 1,
        }),
      )
    })

    it('resolves names by the DNS server of the lab, and no others', async () => {
      const lookUp = (name: string): Promise<string> =>
        engineOf(generation).docker(['exec', 'a1', 'nslookup', '-type=a', name])
      expect(await lookUp('facebook.com')).toContain(webServer)
      await expect(lookUp('example.org')).rejects.toThrow('NXDOMAIN')
    })

    it('lets the LAN in by published ports', async () => {
      const { address: to } = engineOf(generation)
      const from = world.clientNetns
      expect(await sendProbe(from, { kind: 'tcp-connect', to, port: 8080 })).toMatchObject({ outcome: 'reply' })
      expect(await sendProbe(from, { kind: 'tcp-connect', to, port: 18080 })).toMatchObject({ outcome: 'reply' })
      expect(await sendProbe(from, { kind: 'udp', to, port: 9999 })).toMatchObject({ outcome: 'reply', from: to })
      expect(await sendProbe(from, { kind: 'tcp-syn', to, port: 8082 })).toMatchObject({ outcome: 'refused' })
      expect(await sendProbe(from, { kind: 'tcp-syn', to, port: 8081 })).toMatchObject({ outcome: 'refused' })
    })

    it('answers on 127.0.0.1 by the proxy, which accepts before it knows whether anybody is behind', async () => {
      const { netns } = engineOf(generation)
      const to = '127.0.0.1'
      expect(await sendProbe(netns, { kind: 'tcp-connect', to, port: 8081 })).toMatchObject({ outcome: 'reply' })
      // The proxy closes at once: a reset where our request was there before that and was never read, else a plain end.
      const { outcome } = await sendProbe(netns, { kind: 'tcp-connect', to, port: 8082 })
      expect(['reset-after-connect', 'closed-after-connect']).toContain(outcome)
    })

    it('keeps networks apart', async () => {
      const a1 = await engineOf(generation).containerNetns('a1')
      expect(await sendProbe(a1, { kind: 'icmp', to: '172.18.0.3' })).toMatchObject({ outcome: 'reply' })
      expect(await sendProbe(a1, { kind: 'icmp', to: '172.19.0.2' })).toMatchObject({ outcome: 'silence' })
    })

    it('says who sent an ICMP error', async () => {
      const c1 = await engineOf(generation).containerNetns('c1')
      expect(await sendProbe(c1, { kind: 'udp', to: webServer, port: 7, ttl: 1 })).toMatchObject({
        outcome: 'unreachable',
        icmp: { type: 11, code: 0, from: '172.17.0.1' },
      })
    })
  })

  it('does not touch the network of the machine', () => {
    expect(machine()).toBe(before)
  })

  it('reports a daemon that does not start, with its log', async () => {
    const options = { generation: '20', name: 'broken', hostAddress: '198.51.100.30' } as const
    await expect(startEngine(world, { ...options, daemonOptions: { nonsense: 1 } })).rejects.toThrow(/nonsense/)
  })

  it('starts another host under a name and address that are free again', async () => {
    const options = { generation: '28', name: 'other', hostAddress: '198.51.100.31' } as const
    const first = await startEngine(world, options)
    const namespace = pidNamespaceOf(String(first.pid))
    first.stop()
    expect(processesOf(namespace)).toEqual([])
    const second = await startEngine(world, { ...options, daemonOptions: { 'userland-proxy': false } })
    expect((await second.nsenter(['ip', '-4', 'addr', 'show', 'docker0'])).includes('172.17.0.1/16')).toBe(true)
    second.stop()
  })

  it('leaves nothing behind', () => {
    const namespaces = [...engines.values()].map((engine) => pidNamespaceOf(String(engine.pid)))
    expect(traces(world.name)).not.toEqual([])
    world.stop()
    expect(traces(world.name)).toEqual([])
    expect(namespaces.flatMap(processesOf)).toEqual([])
  })
})

describe.skipIf(reason !== undefined)(title('a lab that is up in another process'), () => {
  const cli = fileURLToPath(new URL('cli.ts', import.meta.url))

  const state = join(tmpdir(), `hopwire-lab-test-${process.pid}.json`)
  afterAll(() => rmSync(state, { force: true }))

  async function up(): Promise<ChildProcess> {
    const options = ['--engine', '28', '--scene', 'none', '--state', state]
    const child = spawn(process.execPath, ['--import', 'tsx', cli, 'up', ...options])
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('up;') && resolve())
      child.on('exit', () => reject(new Error(`the lab ended: ${said}`)))
    })
    return child
  }

  const exit = (child: ChildProcess): Promise<void> => new Promise((resolve) => child.on('exit', () => resolve()))

  it('leaves nothing behind when it is told to end', async () => {
    const child = await up()
    const ended = exit(child)
    child.kill('SIGTERM')
    await ended
    expect(traces(`hwlab-${child.pid}-`)).toEqual([])
  })

  it('ends with its process when that is killed, and the next sweep takes the rest', async () => {
    const child = await up()
    const ended = exit(child)
    child.kill('SIGKILL')
    await ended
    sweep()
    expect(traces(`hwlab-${child.pid}-`)).toEqual([])
  })
})
