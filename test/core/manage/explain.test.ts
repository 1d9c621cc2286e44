import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { explainContainer } from '../../../src/core/manage/explain-container.ts'
import { explainImage } from '../../../src/core/manage/explain-image.ts'
import { explainNetwork } from '../../../src/core/manage/explain-network.ts'
import type { ExplainedField } from '../../../src/core/manage/inventory.ts'

const folder = join(import.meta.dirname, '../../fixtures/inspect')
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
const NETWORKS = ['front', 'back', 'lan', 'bridge', 'host', 'none']
const CONTAINERS = ['web', 'plain', 'linked', 'hosted', 'alone', 'joined', 'over', 'db']

/** Finds what a path leads to: `IPAM.Config[0].Subnet`, `Options["com.docker.network.bridge.name"]`. */
function follow(value: unknown, path: string): unknown {
  const steps = path.match(/[^.[\]"]+(?=\.|\[|$)|\["[^"]+"\]|\[\d+\]/g) ?? []
  return steps.reduce<unknown>((at, step) => {
    const key = step.startsWith('[') ? String(JSON.parse(step.slice(1, -1))) : step
    return (at as Record<string, unknown> | undefined)?.[key]
  }, value)
}

function valueOf(fields: readonly ExplainedField[], label: string): string | undefined {
  return fields.find((field) => field.label === label)?.value
}

function wordsOf(fields: readonly ExplainedField[], label: string): string | undefined {
  return fields.find((field) => field.label === label)?.explanation
}

describe.each(['20', '28'])('what Docker %s tells is explained', (generation) => {
  const networks = NETWORKS.map((name) => read(`${generation}-network-${name}`))
  const container = (name: string) => explainContainer(read(`${generation}-container-${name}`), networks)
  const network = (name: string) => explainNetwork(read(`${generation}-network-${name}`))

  it('with paths that lead somewhere, and words', () => {
    const all = [
      ...CONTAINERS.map((name) => [read(`${generation}-container-${name}`), container(name)] as const),
      ...NETWORKS.map((name) => [read(`${generation}-network-${name}`), network(name)] as const),
      [read(`${generation}-image-demo-1`), explainImage(read(`${generation}-image-demo-1`))] as const,
    ]
    for (const [raw, fields] of all) {
      expect(fields.length).toBeGreaterThan(2)
      for (const { path, label, value, explanation } of fields) {
        expect(follow(raw, path), path).toBeDefined()
        expect(
          [label, value, explanation].every((text) => text.length > 0),
          path,
        ).toBe(true)
      }
    }
  })

  it('a container of two networks', () => {
    const fields = container('web')
    expect(valueOf(fields, 'Network mode')).toBe('front')
    expect(valueOf(fields, 'Address in front')).toBe('10.50.0.80/16')
    expect(wordsOf(fields, 'Address in front')).toContain('it was asked for')
    expect(wordsOf(fields, 'Address in back')).toContain('Docker gave it')
    expect(valueOf(fields, 'Default route')).toBe('by 10.50.0.1 and fd00:50::1 in front')
    expect(wordsOf(fields, 'Gateway in front')).toContain('the default route')
    expect(valueOf(fields, 'Aliases in back')).toContain('api')
    expect(valueOf(fields, 'DNS names in back')?.includes('api')).toBe(generation === '28' ? true : undefined)
    expect(valueOf(fields, 'Links in back')).toBe('db:store')
    expect(valueOf(fields, 'Port 80/tcp')).toBe('published at 0.0.0.0:8080, [::]:8080')
    expect(wordsOf(fields, 'Port 80/tcp')).toContain('the outside reaches it there')
    expect(wordsOf(fields, 'Port 53/udp')).toContain('only the host itself')
    expect(valueOf(fields, 'Port 443/tcp')).toBe('exposed, not published')
    expect(valueOf(fields, 'Name servers')).toBe('9.9.9.9')
    expect(valueOf(fields, 'Search domains')).toBe('example.org')
    expect(valueOf(fields, 'Resolver options')).toBe('ndots:2')
    expect(valueOf(fields, 'Extra hosts')).toBe('nas:10.0.0.9')
    expect(wordsOf(fields, 'Host name')).toContain('containers of its networks find it')
    expect(valueOf(fields, 'Network namespace')).toMatch(/^\/var\/run\/docker\/netns\/[0-9a-f]{12}$/)
  })

  it('containers of other network modes', () => {
    expect(wordsOf(container('plain'), 'Network mode')).toContain('docker0')
    expect(wordsOf(container('plain'), 'Name servers')).toContain('no embedded DNS server')
    expect(valueOf(container('linked'), 'Links')).toBe('plain as friend')
    expect(valueOf(container('hosted'), 'Port 80/tcp')).toBe('on the host itself')
    expect(valueOf(container('hosted'), 'Default route')).toBeUndefined()
    expect(wordsOf(container('alone'), 'Network mode')).toContain('nothing but a loopback device')
    expect(wordsOf(container('joined'), 'Network mode')).toContain('same addresses')
    expect(valueOf(container('joined'), 'Port 80/tcp')).toBe('with the other container')
    expect(valueOf(container('over'), 'Place in front')).toBe('connected at the next start')
    expect(valueOf(container('over'), 'Address in front')).toBeUndefined()
    expect(valueOf(container('db'), 'Default route')).toBe('none')
  })

  it('networks', () => {
    const fields = network('front')
    expect(fields.filter(({ label }) => label === 'Subnet').map(({ value }) => value)).toEqual([
      '10.50.0.0/16',
      'fd00:50::/64',
    ])
    expect(valueOf(fields, 'Address range')).toBe('10.50.1.0/24')
    expect(valueOf(fields, 'Reserved addresses')).toBe('nas 10.50.1.5')
    expect(valueOf(fields, 'Bridge device')).toBe('br-front')
    expect(wordsOf(fields, 'Between its containers')).toContain('drop')
    expect(valueOf(fields, 'MTU')).toBe('1400')
    expect(valueOf(fields, 'Container web')).toContain('10.50.0.80/16, fd00:50::')
    expect(valueOf(network('back'), 'Bridge device')).toMatch(/^br-[0-9a-f]{12}$/)
    expect(wordsOf(network('back'), 'Internal')).toContain('no way out')
    expect(wordsOf(network('lan'), 'Internal')).toContain('on the LAN')
    expect(valueOf(network('lan'), 'Parent device')).toBe('ens5')
    expect(valueOf(network('bridge'), 'Bridge device')).toBe('docker0')
    expect(valueOf(network('host'), 'Internal')).toBeUndefined()
  })

  it('an image', () => {
    const fields = explainImage(read(`${generation}-image-demo-1`))
    expect(valueOf(fields, 'Exposed ports')).toBe('80/tcp')
    expect(valueOf(fields, 'Command')).toBe('sleep 1000000')
    expect(valueOf(fields, 'Environment')).toContain('MODE=demo')
  })
})

describe('what is not as Docker tells it', () => {
  const odd: readonly unknown[] = [null, 7, 'text', [], {}, [null], { a: 1 }, true, undefined]

  it('is passed over', () => {
    for (const value of odd) {
      expect(() => [explainContainer(value, odd), explainNetwork(value), explainImage(value)]).not.toThrow()
    }
  })

  it('is passed over, whichever part it is', () => {
    let explained = 0
    const spoil = (value: unknown, explain: (spoilt: unknown) => readonly unknown[]): void => {
      const parts = Object.entries(value as Record<string, unknown>)
      for (const [key, part] of parts) {
        for (const other of odd) explained += explain({ ...(value as object), [key]: other }).length
        if (typeof part === 'object' && part !== null)
          spoil(part, (inner) => explain({ ...(value as object), [key]: inner }))
      }
    }
    const networks = NETWORKS.map((name) => read(`28-network-${name}`))
    spoil(read('28-container-web'), (spoilt) => explainContainer(spoilt, networks))
    spoil(read('28-network-front'), (spoilt) => explainNetwork(spoilt))
    spoil(read('28-network-front'), (spoilt) => explainContainer(read('28-container-web'), [spoilt]))
    spoil(read('28-image-demo-1'), (spoilt) => explainImage(spoilt))
    expect(explained).toBeGreaterThan(1000)
  })

  it('has an option of a driver that is not known, without a meaning', () => {
    const [field] = explainNetwork({ Options: { 'org.example.x': 'y' } }).filter(({ value }) => value === 'y')
    expect(field).toMatchObject({ path: 'Options["org.example.x"]', label: 'org.example.x' })
  })
})
