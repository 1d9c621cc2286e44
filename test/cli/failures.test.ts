import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runHopwire, SPAWNING, type Ran } from './run-hopwire.ts'

const HOST = fileURLToPath(new URL('../fixtures/scenarios/standard-28/host.json', import.meta.url))

let folder = ''
const servers: Server[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwire-cli-'))
  chmodSync(folder, 0o755)
})

afterAll(() => {
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Writes a file into the test's folder and gives its path. */
function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** A socket on which something listens and never answers. */
async function silentSocket(name: string): Promise<string> {
  const path = join(folder, name)
  const server = createServer(() => undefined)
  servers.push(server)
  server.listen(path)
  await once(server, 'listening')
  return path
}

/** Nothing on standard output, and one line of the wanted form on standard error. */
function expectOneLine(ran: Ran, status: number, line: RegExp): void {
  expect(ran.stdout).toBe('')
  expect(ran.stderr).toMatch(/^hopwire: [^\n]*\n$/)
  expect(ran.stderr).toMatch(line)
  expect(ran.status).toBe(status)
}

describe('a snapshot that cannot be read ends in one line and status 2', SPAWNING, () => {
  const text = () => readFileSync(HOST, 'utf8')

  test.each([
    ['missing', () => join(folder, 'missing.json'), /missing\.json cannot be read: there is no such file;/],
    ['a folder', () => folder, /it is a folder/],
    [
      'cut',
      () => file('cut.json', text().slice(0, text().length / 2)),
      /cut\.json cannot be read at line \d+, column \d+: the file is cut/,
    ],
    ['empty', () => file('empty.json', ''), /empty\.json cannot be read/],
    ['not JSON', () => file('words.json', 'hello\n'), /words\.json cannot be read at line 1, column 1/],
    [
      'edited',
      () => file('edited.json', text().replace('"containers":', '"containers": 7, "was":')),
      /edited\.json is not a host that Hopwire can read at .*containers/,
    ],
    [
      'of another schema',
      () => file('schema.json', text().replace('"hopwire.host/1"', '"hopwire.host/2"')),
      /schema\.json is not a host that Hopwire can read.*hopwire\.host\/1/,
    ],
  ])('%s', async (_what, make, line) => {
    expectOneLine(await runHopwire(['trace', 'c1', 'c2', '--snapshot', make()]), 2, line)
  })
})

describe('a wrong name or port ends in one line and status 2', SPAWNING, () => {
  test.each([
    ['trace nosuch c1', /nosuch/],
    ['trace c1 nosuch.example', /nosuch\.example/],
    ['trace c1 c2:99999', /"99999" is not a whole number from 1 to 65535/],
    ['trace c1 300.1.2.3', /300\.1\.2\.3/],
  ])('hopwire %s', async (line, problem) => {
    expectOneLine(await runHopwire([...line.split(' '), '--snapshot', HOST]), 2, problem)
  })
})

describe('an engine that cannot be used ends in one line and status 3', SPAWNING, () => {
  test.each([['trace c1 c2'], ['snapshot']])('hopwire %s: no socket', async (line) => {
    const ran = await runHopwire([...line.split(' '), '--docker-host', 'unix:///nonexistent.sock'])
    expectOneLine(ran, 3, /unix:\/\/\/nonexistent\.sock cannot be reached: there is no such socket; start Docker/)
  })

  test('DOCKER_HOST is used, and is named', async () => {
    expectOneLine(await runHopwire(['trace', 'c1', 'c2']), 3, /unix:\/\/\/nonexistent\.sock cannot be reached/)
  })

  test('nothing listens', async () => {
    const path = file('dead.sock', '')
    expectOneLine(await runHopwire(['trace', 'c1', 'c2', '--docker-host', `unix://${path}`]), 3, /cannot be reached/)
  })

  test('something else answers', async () => {
    const path = join(folder, 'other.sock')
    const server = createServer((socket) => socket.end('220 smtp.example ESMTP\r\n'))
    servers.push(server)
    server.listen(path)
    await once(server, 'listening')
    expectOneLine(await runHopwire(['trace', 'c1', 'c2', '--docker-host', `unix://${path}`]), 3, /other\.sock/)
  })

  // Root may open any socket, so there the command runs as nobody.
  test('permission is refused', async () => {
    const path = await silentSocket('denied.sock')
    chmodSync(path, 0)
    const command =
      process.getuid?.() === 0 ? ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] : []
    const ran = await runHopwire(['trace', 'c1', 'c2', '--docker-host', `unix://${path}`], { command })
    expectOneLine(ran, 3, /permission denied on the Docker engine at .*denied\.sock; .*docker/)
  })

  test('a context that does not exist', async () => {
    expectOneLine(
      await runHopwire(['trace', 'c1', 'c2', '--context', 'nosuch']),
      3,
      /Docker context nosuch does not exist/,
    )
  })
})

describe('signals and closed pipes', SPAWNING, () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends a trace that waits for its engine', async (signal, status) => {
    const path = join(folder, `${signal}.sock`)
    let asked = (): void => undefined
    const connected = new Promise<void>((resolve) => (asked = resolve))
    const server = createServer(() => asked())
    servers.push(server)
    server.listen(path)
    const running = runHopwire(['trace', 'c1', 'c2', '--docker-host', `unix://${path}`], {
      whileRunning: async (child) => {
        await connected
        child.kill(signal)
      },
    })
    expect(await running).toEqual({ status, stdout: '', stderr: 'hopwire: interrupted\n' })
  })

  test('a reader that goes away is no error', async () => {
    const ran = await runHopwire(['trace', 'c1', 'c2', '--snapshot', HOST, '--json', '--tried'], {
      whileRunning: (child) => void child.stdout.destroy(),
    })
    expect(ran.stderr).toBe('')
  })
})
