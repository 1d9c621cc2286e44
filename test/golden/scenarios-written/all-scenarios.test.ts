import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** How many scenarios each group of the reference has; D7b is D's nineteenth. */
const GROUPS = { A: 16, B: 12, C: 20, D: 18, E: 11, F: 6, G: 8, H: 7, I: 7, N: 10 } as const
const IDS = [
  ...Object.entries(GROUPS).flatMap(([group, count]) => Array.from({ length: count }, (_, index) => `${group}${index + 1}`)),
  'D7b',
]

/** Live ones on real engines, and those over host states that were written. */
const FOLDERS = [resolve(import.meta.dirname, '../../scenarios'), import.meta.dirname]
const TEXTS = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('all-scenarios.test.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8')),
)

/** Titles begin with their numbers and the evidence of the reference: `B1, B3 [O t4]`. */
const titlesIn = (text: string): string[] => [...text.matchAll(/(['"`])((?:[A-N]\d+b?(?:, )?)+ \[.*?)\1/g)].map((match) => match[2] ?? '')
const idsOf = (title: string): string[] => (title.split(' [')[0] ?? '').split(', ')

describe('the 116 scenarios of the reference', () => {
  it('are tests of their names, each with its evidence', () => {
    const named = new Set(TEXTS.flatMap(titlesIn).flatMap(idsOf))
    expect(IDS).toHaveLength(116)
    expect(IDS.filter((id) => !named.has(id))).toEqual([])
    expect([...named].filter((id) => !IDS.includes(id))).toEqual([])
  })

  it('say why where they are not run', () => {
    const skips = TEXTS.flatMap((text) => [...text.matchAll(/\bit\.(?:skip|skipIf\([^)]*\))\(\s*(['"`])(.*?)\1,/g)].map((match) => match[2] ?? ''))
    expect(skips.length).toBeGreaterThan(0)
    expect(skips.filter((title) => !/\((?:not run|skipped): |\$\{on\w+\}/.test(title))).toEqual([])
  })
})
