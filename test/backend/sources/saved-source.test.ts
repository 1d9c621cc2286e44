import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSampleSource } from '../../../src/backend/sources/sample-source.ts'
import { createSnapshotSource } from '../../../src/backend/sources/snapshot-source.ts'

const fixture = join(import.meta.dirname, '../../fixtures/scenarios/standard-28/host.json')
const whole = readFileSync(fixture, 'utf8')
let folder = ''
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'hopwire-saved-'))))
afterAll(() => rmSync(folder, { recursive: true }))

async function failureOfText(text: string) {
  const path = join(folder, 'h.json')
  writeFileSync(path, text)
  const outcome = await createSnapshotSource(path).load()
  if (outcome.ok) throw new Error('it was read')
  expect(`${outcome.failure.message}${outcome.failure.hint ?? ''}`).not.toContain('\n')
  expect(outcome.failure.code).toBe('unreadable-file')
  return outcome.failure
}

describe('a snapshot', () => {
  it('is read, and then is ready', async () => {
    const source = createSnapshotSource(fixture)
    expect(source.status().phase).toBe('connecting')
    expect(await source.load()).toMatchObject({ ok: true })
    expect(source.status()).toMatchObject({ kind: 'snapshot', phase: 'ready', label: 'snapshot host.json' })
  })

  it('that is cut says where', async () => {
    for (const length of [whole.length / 2, whole.length - 3, 1].map(Math.floor)) {
      expect((await failureOfText(whole.slice(0, length))).message).toMatch(/line \d+, column \d+/)
    }
  })

  it('that was edited says at which field', async () => {
    const edited = JSON.parse(whole) as { containers: { pid: unknown }[] }
    if (edited.containers[0] !== undefined) edited.containers[0].pid = 'one'
    const failure = await failureOfText(JSON.stringify(edited))
    expect(failure.at).toBe('containers[0].pid')
    expect(failure.message).toContain('containers[0].pid')
  })

  it('of another schema says which, and which is wanted', async () => {
    const failure = await failureOfText('{"schema":"hopwire.host/9"}')
    expect(failure.message).toContain('hopwire.host/9')
    expect(failure.message).toContain('hopwire.host/1')
  })

  it.each(['', 'not json', '[]', 'null', '{}'])('that holds %j is refused', async (text) => {
    await failureOfText(text)
  })

  it('that is not there, or a folder, says so', async () => {
    expect(await createSnapshotSource(join(folder, 'none.json')).load()).toMatchObject({
      failure: { code: 'unreadable-file', message: expect.stringContaining('there is no such file') },
    })
    expect(await createSnapshotSource(folder).load()).toMatchObject({
      failure: { code: 'unreadable-file', message: expect.stringContaining('it is a folder') },
    })
  })

  it('answers names that were saved with it, and says what to do about others', async () => {
    const source = createSnapshotSource(fixture)
    const loaded = await source.load()
    if (!loaded.ok) throw new Error(loaded.failure.message)
    const id = loaded.value.namespaces.find(({ name }) => name === 'container:c1')?.id ?? ''
    expect(await source.resolve(id, 'Facebook.com.')).toMatchObject({
      ok: true,
      value: { addresses: ['203.0.113.80'] },
    })
    expect(await source.resolve(id, 'example.com')).toMatchObject({ ok: true, value: { status: 'NXDOMAIN' } })
    expect(await source.resolve(id, 'other.example')).toMatchObject({
      ok: false,
      failure: { code: 'unknown-name', hint: expect.stringContaining('--resolve other.example') },
    })
  })
})

describe('the sample host', () => {
  it('is there and whole', async () => {
    const source = createSampleSource()
    expect(await source.load()).toMatchObject({
      ok: true,
      value: { engine: { generation: 28 }, gaps: [] },
    })
    expect(source.status()).toMatchObject({ kind: 'sample', phase: 'ready' })
  })
})
