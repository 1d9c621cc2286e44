import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkScene } from '../../../src/core/synth/scene/check-scene.ts'
import { planScene } from '../../../src/core/synth/plan/plan-scene.ts'
import { DECLARED } from './scenes/declared.ts'
import { sceneFor } from './scenes/make-scene.ts'

const SCENES = DECLARED.map((declared) => {
  const generation = declared.only?.[0] ?? 28
  return JSON.parse(JSON.stringify(sceneFor(declared, generation))) as unknown
})

type Path = readonly (string | number)[]

/** Every place in a value, with the value's own. */
function placesOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))]
}

function withValue(value: unknown, [key, ...rest]: Path, wrong: unknown): unknown {
  if (key === undefined) return wrong
  const inner = (value as Record<string, unknown>)[key]
  const changed = withValue(inner, rest, wrong)
  if (Array.isArray(value)) return value.map((each: unknown, index) => (String(index) === String(key) ? changed : each))
  return { ...(value as object), [key]: changed }
}

/** `networks[0].options["a.b"]`: the position of a problem begins with a field of the scene. */
const POSITION = /^(schema|name|description|engine|host|networks|containers|rules|names|memory)\b/

const place = fc
  .nat(SCENES.length - 1)
  .chain((index) => fc.record({ index: fc.constant(index), path: fc.constantFrom(...placesOf(SCENES[index])) }))

const wrong = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '10.50.0.1',
    'fd00::1',
    '10.0.0.0/8',
    '10.50.0.0/32',
    'fd00::/64',
    '0.0.0.0/0',
    '::/0',
    '80:80',
    'own',
    'c1',
  ),
  fc.constantFrom('', '/', ':', '10.0.0.0/99', '::/-1', 'container:', 'a\0b', '__proto__', -1, 1e9, Number.NaN),
)

describe('a scene with an error anywhere', () => {
  test('is told apart from a good one, with sentences at their places, and nothing is thrown', () => {
    fc.assert(
      fc.property(place, wrong, ({ index, path }, value) => {
        const broken = withValue(SCENES[index], path, value)
        const checked = checkScene(broken)
        if (checked.ok) {
          expect(() => planScene(checked.scene)).not.toThrow()
          return
        }
        expect(checked.problems.length).toBeGreaterThan(0)
        for (const problem of checked.problems) {
          expect(problem.path).toMatch(POSITION)
          expect(problem.message).toMatch(/^\S.*\S$/s)
        }
      }),
      { numRuns: 800, seed: 20251 },
    )
  })

  test('of another kind of value names that very place', () => {
    fc.assert(
      fc.property(place, ({ index, path }) => {
        fc.pre(path.length > 0)
        const checked = checkScene(withValue(SCENES[index], path, () => undefined))
        if (checked.ok) throw new Error(`a function was taken at ${path.join('.')}`)
        const field = path.find((key) => Number.isNaN(Number(key)))
        expect(checked.problems.some((problem) => problem.path.startsWith(String(field)))).toBe(true)
      }),
      { numRuns: 300, seed: 20252 },
    )
  })
})
