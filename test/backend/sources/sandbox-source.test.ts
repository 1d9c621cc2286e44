import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createSandboxSource } from '../../../src/backend/sources/sandbox-source.ts'
import type { Scene } from '../../../src/core/synth/scene/scene.ts'

const folder = mkdtempSync(join(tmpdir(), 'hopwire-scene-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const scene = (rest: object): string =>
  JSON.stringify({
    schema: 'hopwire.scene/1',
    name: 'own',
    engine: { generation: 28 },
    host: { nics: [] },
    networks: [],
    containers: [],
    ...rest,
  })

describe('a source over a scene', () => {
  test('shows one that comes along by its name', async () => {
    const source = createSandboxSource('my-net')
    const loaded = await source.load()
    if (!loaded.ok) throw new Error(loaded.failure.message)
    expect(loaded.value.origin).toBe('sandbox')
    expect(loaded.value.containers.map(({ name }) => name)).toEqual(['container100', 'container200'])
    expect(source.status()).toMatchObject({ kind: 'sandbox', phase: 'ready', label: 'sandbox my-net', problem: null })
    expect(source.scene()?.name).toBe('my-net')
  })

  test('knows the names of the scene, and that others do not exist', async () => {
    const source = createSandboxSource('my-net')
    const known = await source.resolve('host', 'Facebook.com.')
    expect(known).toMatchObject({ ok: true, value: { status: 'NOERROR', addresses: ['203.0.113.80'] } })
    const other = await source.resolve('container:container100', 'example.org')
    expect(other).toMatchObject({ ok: true, value: { status: 'NXDOMAIN', addresses: [], server: '127.0.0.11' } })
  })

  test('shows another scene and tells so, but none that Docker would refuse', async () => {
    const source = createSandboxSource('my-net')
    await source.load()
    const changes: string[] = []
    source.onChange((change) => changes.push(change))
    const first = source.scene() as Scene
    const more = { ...first, containers: [...first.containers, { name: 'container300' }] }
    expect(source.replace(more)).toMatchObject({ ok: true })
    expect(changes).toContain('state')
    const loaded = await source.load()
    expect(loaded.ok && loaded.value.containers).toHaveLength(3)
    const twice = ['one', 'two'].map((name) => ({ name, ports: ['8080:80'] }))
    const refused = source.replace({ ...first, containers: twice })
    expect(refused).toMatchObject({ ok: false, failure: { at: 'containers[1].ports' } })
    expect(source.scene()).toBe(more)
  })

  test.each<[string, string, string, string | undefined]>([
    ['no file', join(folder, 'gone.json'), 'there is no such file', undefined],
    ['no JSON', file('a.json', '{\n  "schema": }'), 'line 2, column 13', 'line 2, column 13'],
    ['no scene', file('b.json', scene({ networks: [{ nam: 'x' }] })), 'networks[0].name: missing', 'networks[0].name'],
    [
      'what Docker refuses',
      file('c.json', scene({ networks: ['a', 'b'].map((name) => ({ name, subnets: [{ subnet: '10.0.0.0/8' }] })) })),
      'Docker would refuse networks[1]: invalid pool request: Pool overlaps',
      'networks[1]',
    ],
    [
      'a rule that means nothing',
      file('d.json', scene({ rules: [{ command: '-A INPUT -s nowhere -j DROP' }] })),
      'a rule cannot be read',
      'rules',
    ],
  ])('says in one sentence what is wrong: %s', async (_what, path, words, at) => {
    const loaded = await createSandboxSource(path).load()
    if (loaded.ok) throw new Error('it was taken')
    expect(loaded.failure.message).toContain(words)
    expect(loaded.failure.message).not.toContain('\n')
    expect(loaded.failure.at).toBe(at)
  })
})
