import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkHostState } from '../../../src/core/host/check-host-state.ts'

const folder = join(import.meta.dirname, '../../fixtures/scenarios')
const texts = ['standard-20', 'standard-28'].map((name) => readFileSync(join(folder, name, 'host.json'), 'utf8'))

type Json = Record<string | number, unknown>

/** Every place in a JSON value, as the list of keys that leads there. */
function placesOf(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [at]
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value)
  return [at, ...[...keys].flatMap((key) => placesOf((value as Json)[key], [...at, key]))]
}

function problemsAfter(edit: (state: Json) => void): readonly string[] {
  const state = JSON.parse(texts[1] ?? '') as Json
  edit(state)
  const checked = checkHostState(state)
  return checked.ok ? [] : checked.problems.map(({ path, message }) => `${path}: ${message}`)
}

const at = (state: Json, ...keys: readonly (string | number)[]): Json =>
  keys.reduce<Json>((value, key) => value[key] as Json, state)

describe('checkHostState', () => {
  it('accepts what was captured from both engines', () => {
    for (const text of texts) expect(checkHostState(JSON.parse(text))).toMatchObject({ ok: true })
  })

  it('refuses another schema with both names, and does not look further', () => {
    expect(checkHostState({ schema: 'hopwire.host/2', namespaces: 7 })).toEqual({
      ok: false,
      problems: [{ path: 'schema', message: 'its schema is "hopwire.host/2", this Hopwire reads "hopwire.host/1"' }],
    })
    for (const value of [null, 7, [], {}, 'x']) expect(checkHostState(value)).toMatchObject({ ok: false })
  })

  it.each<readonly [string, (state: Json) => void, string]>([
    [
      'a missing field',
      (state) => delete at(state, 'namespaces', 0, 'routes', 0)['metric'],
      'namespaces[0].routes[0].metric: missing',
    ],
    [
      'a field of another type',
      (state) => (at(state, 'namespaces', 0, 'interfaces', 1)['mtu'] = '1500'),
      'namespaces[0].interfaces[1].mtu: a whole number from 0 to 9007199254740991 expected, "1500" found',
    ],
    ['a misspelt field', (state) => (at(state, 'engine')['versoin'] = '1'), 'engine.versoin: unknown field'],
    [
      'an address that is none',
      (state) => (at(state, 'namespaces', 0, 'interfaces', 1, 'addresses', 0)['address'] = '198.51.100.300'),
      'namespaces[0].interfaces[1].addresses[0].address: an IP address expected, "198.51.100.300" found',
    ],
    [
      'a rule of a kind that there is not',
      (state) =>
        (at(state, 'namespaces', 0, 'rulesets', 'iptables', 0, 'chains', 0)['rules'] = [
          { text: 'x', matches: [{ kind: 'magic' }], target: null },
        ]),
      'namespaces[0].rulesets.iptables[0].chains[0].rules[0].matches[0].kind: unknown kind "magic"',
    ],
    [
      'a namespace that is not there',
      (state) => (at(state, 'containers', 0)['namespace'] = '12'),
      'containers[0].namespace: there is no namespace "12"',
    ],
    [
      'a peer that is not there',
      (state) => (at(state, 'namespaces', 1, 'interfaces', 1, 'peer')['device'] = 'veth0'),
      'namespaces[1].interfaces[1].peer: there is no device "veth0" in host',
    ],
    [
      'no namespace at all',
      (state) => Object.assign(state, { namespaces: [], containers: [], names: [], gaps: [] }),
      "namespaces: the host's own namespace is missing",
    ],
  ])('tells %s with its path', (_, edit, problem) => {
    expect(problemsAfter(edit)).toContain(problem)
  })

  it('finds any value that was replaced by one of another type, wherever it is', () => {
    const state = JSON.parse(texts[1] ?? '') as Json
    const places = placesOf(state).filter((place) => place.length > 0)
    const strange = { strange: [1] }
    fc.assert(
      fc.property(fc.constantFrom(...places), (place) => {
        const parent = at(state, ...place.slice(0, -1))
        const key = place.at(-1) ?? ''
        const before = parent[key]
        parent[key] = strange
        const checked = checkHostState(state)
        parent[key] = before
        expect(checked.ok).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => void checkHostState({ ...Object(value), schema: 'hopwire.host/1' })),
    )
  })
})
