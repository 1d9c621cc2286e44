import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSandboxTerminal } from '../../src/backend/manage/console/sandbox-terminal.ts'
import { createDockerSource } from '../../src/backend/sources/docker-source.ts'
import type { Source } from '../../src/backend/sources/source.ts'
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

/** What is typed where. What a server sends is not simulated, so connections are closed at once. */
const LINES: readonly (readonly [container: string, line: string])[] = [
  ['c1', 'ping -c 2 172.17.0.3'],
  ['c1', 'ping -c 1 c2'],
  ['c1', 'ping -c 1 -W 1 172.17.0.99'],
  ['c1', 'ping -c 1 -W 1 172.18.0.2'],
  ['c1', 'ping -c 1 203.0.113.80'],
  ['c1', 'ping -c 1 -W 1 -t 1 203.0.113.80'],
  ['c1', 'ping -c 1 facebook.com'],
  ['a1', 'ping -c 1 a2'],
  ['a1', 'ping -c 1 nothere.example'],
  ['i1', 'ping -c 1 203.0.113.80'],
  ['c1', 'nc -w 1 172.17.0.4 80'],
  ['c1', 'nc -w 1 172.17.0.6 80'],
  ['c1', 'nc -w 1 172.18.0.2 80'],
  ['i1', 'nc -w 1 203.0.113.80 80'],
  ['a1', 'nc -w 1 nobody 80'],
  ['c1', 'cat /etc/hosts'],
  ['a1', 'cat /etc/resolv.conf'],
  ['a1', 'hostname'],
  ['a1', 'hostname -i'],
]

/**
 * The simulated shell over a real host must print what busybox prints there: only times are missing, and what is marked as
 * simulated is its own.
 */
describe.each(generations)(
  `the simulated shell beside the real one on Docker %s${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  (generation) => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    let world: World
    let engine: Engine
    let source: Source
    let host: Pick<Source, 'load' | 'resolve'>

    beforeAll(async () => {
      world = await startWorld()
      engine = await startEngine(world, { generation })
      await standardScene(engine)
      source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
      const loaded = await source.load()
      // The host stays as it is: it need not be read anew for each command.
      host = { load: async () => loaded, resolve: (...question) => source.resolve(...question) }
    })
    afterAll(async () => {
      await source?.close()
      world?.stop()
    })

    it.each(LINES)('in %s: %s', async (container, line) => {
      const real = engine.docker(['exec', container, 'sh', '-c', `${line} 2>&1 < /dev/null || true`])
      expect(await simulate(host, container, line)).toBe(withoutTimes(await real))
    })
  },
)

function withoutTimes(text: string): string {
  return text
    .replace(/^round-trip .*\n?/gm, '')
    .replace(/ time=\S+(?: ms)?$/gm, '')
    .trim()
}

async function simulate(source: Pick<Source, 'load' | 'resolve'>, container: string, line: string): Promise<string> {
  let text = ''
  let ended = false
  const opened = await openSandboxTerminal(source, container, [], {
    onOutput: (bytes) => (text += Buffer.from(bytes).toString()),
    onExit: () => (ended = true),
  })
  if (!opened.ok) throw new Error(opened.failure.message)
  text = ''
  opened.value.write(`${line}\rexit\r`)
  await expect.poll(() => ended, { timeout: 60_000 }).toBe(true)
  const plain = text.replaceAll('\r\n', '\n')
  const printed = plain.slice(plain.indexOf('\n') + 1, plain.lastIndexOf('/ # '))
  return withoutTimes(printed.replace(/^.*\[simulated: .*\n/gm, ''))
}
