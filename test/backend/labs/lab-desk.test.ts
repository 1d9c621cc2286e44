import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openLabJournal } from '../../../src/backend/labs/lab-journal.ts'
import { type BackendService, createService } from '../../../src/backend/service.ts'
import { createSandboxSource } from '../../../src/backend/sources/sandbox-source.ts'
import type { LabState } from '../../../src/core/manage/lab.ts'
import { call } from './walk-lab.ts'

/** Grading traces, which takes a busy machine its time; only a fault takes all of this. */
const until = (holds: () => unknown) => vi.waitFor(holds, { timeout: 10_000 })

describe('a lab in the sandbox', () => {
  let service: BackendService
  let told: (LabState | null)[]
  beforeEach(() => {
    service = createService({ source: createSandboxSource('isolation'), version: 'test', reading: 'fresh' })
    told = []
    service.subscribe('labChanged', (state) => void told.push(state))
  })
  afterEach(() => service.close())

  const network = { kind: 'create-network', network: { name: 'my-net' } } as const
  const begin = (lab = '04-my-net') => call(service, 'startLab', { lab, ground: 'sandbox' })

  test('is graded whenever the host changes, and what was passed stays so only while it holds', async () => {
    const { steps } = await begin()
    expect(steps[0]?.checks[0]).toMatchObject({ state: 'failed', why: 'There is no network my-net.' })
    expect(steps[1]?.checks[0]).toMatchObject({ state: 'pending', why: null })
    await call(service, 'doAction', { action: network })
    await until(() => expect(told.at(-1)?.current).toBe(1))
    await call(service, 'undoAction', {})
    await until(() => expect(told.at(-1)?.current).toBe(0))
  })

  test('a question is graded once it was asked, whatever it came to', async () => {
    await begin('01-before-and-after-docker')
    await call(service, 'trace', { flow: { from: 'host', to: 'FACEBOOK.com.', protocol: 'icmp' }, tried: false })
    await until(() => expect(told.at(-1)?.current).toBe(1))
  })

  test('a command on the host can be taken back', async () => {
    await begin('01-before-and-after-docker')
    await call(service, 'labCommand', { command: 'sudo apt-get install -y docker.io' })
    expect((await call(service, 'hostState', {}))?.state.networks.map(({ name }) => name)).toContain('bridge')
    await call(service, 'undoAction', {})
    await until(async () => expect((await call(service, 'hostState', {}))?.state.networks).toEqual([]))
  })

  test.each(['rm -rf /', 'iptables nonsense', 'docker compose -f none.yml up -d', 'apt-get install docker.io'])(
    'the command %s is refused in words',
    async (command) => {
      await begin()
      await expect(call(service, 'labCommand', { command })).rejects.toThrow(/^labCommand .*: .+/)
    },
  )

  test('another lab ends the one that is under way', async () => {
    await begin()
    await begin('02-docker0')
    expect((await call(service, 'labState', {}))?.summary.number).toBe(2)
    await call(service, 'endLab', {})
    expect((await call(service, 'hostState', {}))?.state.containers.length).toBeGreaterThan(0)
  })

  test('to leave its sandbox by another door ends it', async () => {
    await begin()
    await call(service, 'openSandbox', { scene: 'docker0' })
    await until(() => expect(told.at(-1)).toBeNull())
    expect(await call(service, 'labState', {})).toBeNull()
    await call(service, 'endLab', {})
    expect((await call(service, 'hostState', {}))?.state.containers.map(({ name }) => name)).toContain('container1')
  })

  test('what cannot be started says why', async () => {
    const start = (lab: string, ground: 'sandbox' | 'docker') => call(service, 'startLab', { lab, ground })
    await expect(start('13-nothing', 'sandbox')).rejects.toThrow('there is no lab 13-nothing')
    await expect(start('11-the-firewall', 'docker')).rejects.toThrow('cannot be done on a real engine')
    await expect(start('02-docker0', 'docker')).rejects.toThrow('no Docker engine is shown')
    await expect(call(service, 'labCommand', { command: 'iptables -P INPUT DROP' })).rejects.toThrow('no lab')
  })
})

describe('the journal', () => {
  let home: string
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'hopwire-journal-'))
  })
  afterEach(() => rm(home, { recursive: true, force: true }))

  test('keeps ids until there are none', async () => {
    const journal = openLabJournal({ XDG_CONFIG_HOME: home })
    expect(await journal.read()).toEqual(new Set())
    await journal.write(new Set(['a', 'b']))
    expect(await openLabJournal({ XDG_CONFIG_HOME: home }).read()).toEqual(new Set(['a', 'b']))
    await journal.write(new Set())
    expect(await journal.read()).toEqual(new Set())
  })

  test('a home that cannot be written to is no reason not to learn', async () => {
    await writeFile(join(home, 'file'), '')
    const journal = openLabJournal({ XDG_CONFIG_HOME: join(home, 'file') })
    await journal.write(new Set(['a']))
    expect(await journal.read()).toEqual(new Set())
  })
})
