import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

/** How many scenarios each group of the reference has; D7b is D's nineteenth. */
const GROUPS = { A: 16, B: 12, C: 20, D: 18, E: 11, F: 6, G: 8, H: 7, I: 7, N: 10 } as const
const folders = [resolve(import.meta.dirname, '../../scenarios'), import.meta.dirname]

it('every scenario of the reference is a test of its name', () => {
  const titles = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts') && name !== 'all-scenarios.test.ts')
      .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/['"`]((?:[A-N]\d+b?(?:, )?)+) \[/g)])
      .flatMap((match) => (match[1] ?? '').split(', ')),
  )
  const all = Object.entries(GROUPS).flatMap(([group, count]) => Array.from({ length: count }, (_, index) => `${group}${index + 1}`))
  expect([...all, 'D7b'].filter((id) => !titles.includes(id))).toEqual([])
  expect(all.length + 1).toBe(116)
})
