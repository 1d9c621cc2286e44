import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sameConsent } from '../../src/backend/consent/consent.ts'
import { type BackendService, createService } from '../../src/backend/service.ts'
import { createDockerSource } from '../../src/backend/sources/docker-source.ts'
import { createCanceller } from '../../src/protocol/cancel-signal.ts'
import type { LogLine } from '../../src/protocol/manage-methods.ts'
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

const reason = whyNoLab()
const generations: readonly Generation[] = ['20', '28']
const SIZE = { columns: 91, rows: 23 }

/** What one log or terminal has told so far. */
interface Heard {
  text: string
  lines: LogLine[]
  exitCode: number | null
  ended: boolean
}

async function until<T>(look: () => T | Promise<T>, what: string): Promise<T> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const found = await look()
    if (found !== false && found !== null && found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`never: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe.each(generations)(
  `logs and terminals on Docker %s${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  (generation) => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    let world: World
    let engine: Engine
    let desk: BackendService
    const heard = new Map<string, Heard>()

    const of = (id: string): Heard => {
      const known = heard.get(id) ?? { text: '', lines: [], exitCode: null, ended: false }
      heard.set(id, known)
      return known
    }
    /** A backend of its own for each test; logs and terminals need no helper. */
    const open = async (): Promise<BackendService> => {
      const source = createDockerSource({ dockerHost: `unix://${engine.socket}`, consent: sameConsent('refused') })
      const service = createService({ source, version: 'test', reading: 'once' })
      service.subscribe('logLines', ({ id, lines, ended }) => {
        const one = of(id)
        one.lines.push(...lines)
        one.ended ||= ended
      })
      service.subscribe('terminalOutput', ({ id, data, exitCode }) => {
        const one = of(id)
        one.text += Buffer.from(data, 'base64').toString()
        one.exitCode ??= exitCode
      })
      const read = await service.methods.refresh({}, { signal: createCanceller().signal })
      if (!read.ok) throw new Error(read.failure.message)
      return service
    }

    beforeAll(async () => {
      world = await startWorld()
      engine = await startEngine(world, { generation })
      await importBusybox(engine)
      await run('idle', 'sleep', '1000000')
    })
    afterAll(() => world?.stop())
    afterEach(async () => desk?.close())

    const run = (name: string, ...command: readonly string[]) =>
      makeObject(engine, ['run', '-d', '--name', name, busyboxImage, ...command])

    const terminal = async (container: string, command: readonly string[] = [], gone = createCanceller().signal) => {
      const outcome = await desk.methods.openTerminal({ container, command, ...SIZE }, { signal: gone, gone })
      if (!outcome.ok) throw new Error(outcome.failure.message)
      return outcome.value
    }
    const logs = async (container: string, tail = 100) => {
      const outcome = await desk.methods.openLogs({ container, tail }, { signal: createCanceller().signal })
      if (!outcome.ok) throw new Error(outcome.failure.message)
      return outcome.value
    }
    const type = (id: string, data: string) =>
      desk.methods.writeTerminal({ id, data }, { signal: createCanceller().signal })
    /** What runs in a container beside its first process and what asks. That one reaps nobody: zombies do not run. */
    const processes = async (container: string): Promise<readonly string[]> => {
      const listed = await engine.docker(['exec', container, 'ps', '-o', 'stat,args'])
      return listed.split('\n').flatMap((line) => {
        const [, state = 'Z', args = ''] = /^(\S+) +(.+)$/.exec(line) ?? []
        return state.startsWith('Z') || /^COMMAND|^ps |^sleep 1000000/.test(args) ? [] : [args]
      })
    }
    const nothingLeft = (container: string) => expect.poll(() => processes(container), { timeout: 60_000 }).toEqual([])

    it('runs a shell: its size, what it prints, its exit code', async () => {
      desk = await open()
      const { id } = await terminal('idle')
      await type(id, 'stty size; echo "a$((40+2))b"\r')
      await until(() => of(id).text.includes('a42b') && of(id).text.includes('23 91'), 'the size and the output')
      await desk.methods.resizeTerminal({ id, columns: 120, rows: 40 }, { signal: createCanceller().signal })
      await until(async () => {
        await type(id, 'stty size\r')
        return of(id).text.includes('40 120')
      }, 'the new size')
      await type(id, 'exit 7\r')
      expect(await until(() => of(id).exitCode, 'the end')).toBe(7)
      expect(of(id).text).not.toContain('\u0001')
      await nothingLeft('idle')
    })

    it('runs a command and gives its exit code', async () => {
      desk = await open()
      const { id } = await terminal('idle', ['sh', '-c', 'echo hello; exit 3'])
      expect(await until(() => of(id).exitCode, 'the end')).toBe(3)
      expect(of(id).text).toContain('hello\r\n')
    })

    it('ends all that a terminal has started when it is closed, the client goes, or the service', async () => {
      desk = await open()
      const client = createCanceller()
      const opened = await Promise.all([terminal('idle'), terminal('idle', [], client.signal), terminal('idle')])
      for (const { id } of opened) {
        // The second ignores the hang-up, the third is in the foreground.
        await type(id, 'sleep 4711 & sh -c "trap true HUP; sleep 4712; sleep 4713" & sleep 4714\r')
      }
      await until(
        async () => (await processes('idle')).filter((line) => line.startsWith('sleep 47')).length === 9,
        'all',
      )
      const [first] = opened
      await desk.methods.closeTerminal(first, { signal: createCanceller().signal })
      await until(
        async () => (await processes('idle')).filter((line) => line.startsWith('sleep 4714')).length === 2,
        'one',
      )
      expect(await until(() => of(first.id).exitCode, 'its end')).not.toBeNull()
      client.cancel()
      await until(
        async () => (await processes('idle')).filter((line) => line.startsWith('sleep 4714')).length === 1,
        'two',
      )
      await desk.close()
      await nothingLeft('idle')
    })

    it('ends it also when the process that opened it is killed', async () => {
      const script = fileURLToPath(new URL('hold-terminal.ts', import.meta.url))
      const child = spawn(process.execPath, ['--import', 'tsx', script, engine.socket, 'idle', 'sleep 4715'])
      try {
        await until(async () => (await processes('idle')).includes('sleep 4715'), 'a program on the terminal')
      } finally {
        child.kill('SIGKILL')
      }
      await nothingLeft('idle')
    })

    it('ends with a sentence when the container stops half way', async () => {
      desk = await open()
      await run('brief', 'sleep', '1000000')
      const [{ id }, log] = [await terminal('brief'), await logs('brief')]
      await engine.docker(['kill', 'brief'])
      await until(() => of(id).exitCode, 'the end')
      expect(of(id).text).toContain('[the container is not running any more]')
      await until(() => of(log.id).ended, 'the end of the log')
      expect(of(log.id).lines.at(-1)).toEqual({
        stream: 'note',
        at: null,
        text: 'the container is not running any more',
      })
    })

    it('says why there is no terminal', async () => {
      desk = await open()
      const ask = (container: string) =>
        desk.methods.openTerminal({ container, command: [], ...SIZE }, { signal: createCanceller().signal })
      expect(await ask('nobody')).toMatchObject({ ok: false, failure: { code: 'engine-refused' } })
      await engine.docker(['create', '--name', 'still', busyboxImage, 'true'])
      await run('bare', 'sleep', '1000000')
      await engine.docker(['exec', 'bare', 'rm', '/bin/sh'])
      expect(await ask('bare')).toMatchObject({
        ok: false,
        failure: { code: 'engine-refused', message: 'bare has no /bin/sh, so no terminal can be opened in it' },
      })
      expect(await ask('still')).toMatchObject({ ok: false, failure: { message: /not running/ } })
    })

    it('follows a log, output and errors apart, with time stamps', async () => {
      desk = await open()
      await run(
        'talk',
        'sh',
        '-c',
        'i=0; while [ $i -lt 300 ]; do echo out $i; echo err $i >&2; i=$((i+1)); sleep 0.05; done',
      )
      const { id } = await logs('talk', 10)
      await until(() => of(id).lines.length > 20, 'lines')
      const { lines } = of(id)
      expect(new Set(lines.map(({ stream }) => stream))).toEqual(new Set(['stdout', 'stderr']))
      for (const { stream, at, text } of lines) {
        expect(text).toMatch(stream === 'stdout' ? /^out \d+$/ : /^err \d+$/)
        expect(at).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{9}Z$/)
      }
      await desk.methods.closeLogs({ id }, { signal: createCanceller().signal })
      expect(of(id).ended).toBe(true)
    })

    it('reads the log of a container with a terminal', async () => {
      desk = await open()
      const script = 'echo one; head -c 40000 /dev/zero | tr "\\0" x; echo; echo two; sleep 1000000'
      await engine.docker(['run', '-d', '-t', '--name', 'tty', busyboxImage, 'sh', '-c', script])
      const { id } = await logs('tty')
      await until(() => of(id).lines.some(({ text }) => text === 'two'), 'the last line')
      const [one, long, two] = of(id).lines
      expect([one?.text, one?.stream, two?.text]).toEqual(['one', 'stdout', 'two'])
      expect(long?.text).toMatch(/^x{16000,16384} … \(\d+ bytes more\)$/)
    })

    it('thins out what comes too fast, and says by how much', async () => {
      desk = await open()
      await run('flood', 'yes', 'a line that is printed over and over again')
      const { id } = await logs('flood', 0)
      const note = await until(() => of(id).lines.find(({ stream }) => stream === 'note'), 'a note')
      expect(note?.text).toMatch(/^\d+ lines were left out here \([\d.]+ [kM]B\)/)
      const shell = await terminal('idle', ['yes'])
      await until(() => of(shell.id).text.length > 200_000, 'output')
      await type(shell.id, '\u0003')
      await until(() => of(shell.id).exitCode, 'the end')
      await engine.docker(['rm', '-f', 'flood'])
    })
  },
)
