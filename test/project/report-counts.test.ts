import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
let folder = ''

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly failures: readonly string[]
  readonly skipped: readonly string[]
}

beforeAll(() => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  folder = mkdtempSync(join(root, '.cache/report-'))
  writeFileSync(join(folder, 'vitest.config.mjs'), 'export default {}')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs vitest over one file, and gives what is counted. */
function count(body: string): Counts & { readonly status: number | null } {
  const imports = "import { afterAll, beforeAll, describe, expect, it } from 'vitest'\n"
  writeFileSync(join(folder, 'one.test.mjs'), imports + body)
  const counts = join(folder, 'counts.json')
  const words = ['run', '--root', folder, '--reporter', join(root, 'scripts/test/report-counts.mjs')]
  const { status, stderr } = spawnSync(join(root, 'node_modules/.bin/vitest'), words, {
    cwd: folder,
    env: { ...process.env, HOPWIRE_TEST_COUNTS: counts },
  })
  if (!existsSync(counts)) throw new Error(stderr.toString())
  return { ...(JSON.parse(readFileSync(counts, 'utf8')) as Counts), status }
}

it('counts tests that pass, fail and are skipped, with what a failed one said', () => {
  const counts = count(`
    it('adds', () => expect(1 + 1).toBe(2))
    it('subtracts', () => expect(3 - 1).toBe(1))
    it.skip('multiplies', () => {})`)
  expect(counts).toMatchObject({ passed: 1, failed: 1, skipped: ['one.test.mjs > multiplies'] })
  expect(counts.failures[0]).toMatch(/^one\.test\.mjs > subtracts\n +AssertionError: expected 2 to be 1/)
})

it('tells what a set-up that failed said, and that its tests were not run', () => {
  const counts = count(`
    describe('a host', () => {
      beforeAll(() => { throw new Error('the engine did not start') })
      it('has a bridge', () => {})
      describe('its network', () => it('has an address', () => {}))
    })
    it('stands by itself', () => {})`)
  expect(counts).toMatchObject({ passed: 1, failed: 1, skipped: [], status: 1 })
  expect(counts.failures[0]).toMatch(
    /^one\.test\.mjs > a host \(2 of its tests not run\)\n +Error: the engine did not start\n +at .*one\.test\.mjs:4/,
  )
})

it('tells what a clearing-up that failed said', () => {
  const counts = count(`
    describe('a host', () => {
      afterAll(() => { throw new Error('it is still there') })
      it('has a bridge', () => {})
    })`)
  expect(counts).toMatchObject({ passed: 1, failed: 1, status: 1 })
  expect(counts.failures[0]).toMatch(/^one\.test\.mjs > a host \(its tests had run\)\n +Error: it is still there/)
})

it('tells of a file that cannot be read, and of an error outside of any test', () => {
  expect(count(`import './is-not-there.mjs'`)).toMatchObject({ passed: 0, failed: 1, status: 1 })
  const counts = count(`it('ends too early', () => { setTimeout(() => { throw new Error('too late') }, 1) })
    it('goes on', () => new Promise((done) => setTimeout(done, 50)))`)
  expect(counts).toMatchObject({ passed: 2, failed: 1, status: 1 })
  expect(counts.failures[0]).toMatch(/^an error outside of any test\n +Error: too late/)
})
