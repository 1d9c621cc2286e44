import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import { runHopwire, SPAWNING } from './run-hopwire.ts'

const project = (name: string): string => fileURLToPath(new URL(`../fixtures/compose/${name}`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hopwire-compose-'))
afterAll(() => rmSync(folder, { recursive: true }))

const shop = project('flask-nginx-mongo/docker-compose.yml')

describe('hopwire trace --sandbox docker-compose.yml, before anything is up', SPAWNING, () => {
  test('delivers from service to service by name, with status 0 and the assumptions on standard error', async () => {
    const ran = await runHopwire(['trace', 'flask', 'database:27017', '--json', '--sandbox', shop])
    expect(ran.status).toBe(0)
    const report = JSON.parse(ran.stdout) as TraceReport
    expect(report.disposition).toBe('delivered')
    expect(report.exchanges.map(({ label }) => label)).toContain('DNS database')
    expect(ran.stderr).toContain('"mongo" is assumed to listen on 27017/tcp')
    expect(ran.stderr).toContain('not carried over, as it has no bearing on networking: volumes, ')
  })

  test('shows that the two networks keep nginx from mongo, with status 1', async () => {
    const ran = await runHopwire(['trace', 'nginx', 'mongo:27017', '--json', '--sandbox', shop])
    expect(ran.status).toBe(1)
    const report = JSON.parse(ran.stdout) as TraceReport
    expect(report.disposition).toBe('dropped')
    expect(report.reason).toContain('DOCKER-ISOLATION-STAGE-1')
  })

  test('cannot tell whether a database listens whose file does not say so, until it does', async () => {
    const unsaid = await runHopwire(['trace', 'wordpress', 'db:3306', '--json', '--sandbox', project('wordpress')])
    expect(unsaid.status).toBe(1)
    expect((JSON.parse(unsaid.stdout) as TraceReport).disposition).toBe('cannot-tell')
    const path = join(folder, 'compose.yml')
    writeFileSync(path, 'services: {web: {image: i}, db: {image: j, x-hopwire: {listens: [3306]}}}')
    const said = await runHopwire(['trace', 'web', 'db:3306', '--json', '--sandbox', path])
    expect((JSON.parse(said.stdout) as TraceReport).disposition).toBe('delivered')
    const other = await runHopwire(['trace', 'web', 'db:3307', '--json', '--sandbox', path])
    expect((JSON.parse(other.stdout) as TraceReport).disposition).toBe('nothing-listening')
  })

  test('takes several files, and the project and the profiles from the environment', async () => {
    const files = ['compose.yml', 'compose.prod.yml'].map((name) => join(project('several-files'), name)).join(':')
    const env = { MINOR: '9', COMPOSE_PROJECT_NAME: 'other' }
    const ran = await runHopwire(['trace', 'web', 'sql', '--proto', 'icmp', '--json', '--sandbox', files], { env })
    expect(ran.status).toBe(0)
    expect(JSON.stringify(JSON.parse(ran.stdout))).toContain('container:other-db-1')
  })

  test('says in one line where a file is wrong, with status 2', async () => {
    const path = join(folder, 'bad.yml')
    writeFileSync(path, 'services:\n  a:\n    image: i\n    ports: ["99999:80"]\n')
    const ran = await runHopwire(['trace', 'a', 'b', '--sandbox', path])
    expect(ran.stdout).toBe('')
    expect(ran.stderr.trim().split('\n')).toEqual([
      `hopwire: ${path}:4:13: "99999:80" in services.a.ports is no port: "99999" is no port of the host (1 to 65535); correct the file there`,
    ])
    expect(ran.status).toBe(2)
  })
})
