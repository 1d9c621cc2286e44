import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const folder = resolve(import.meta.dirname, '../e2e')
const specs = readdirSync(folder).filter((name) => name.endsWith('.spec.ts'))

/** playwright.config.ts says which tests run where. */
describe('the end-to-end tests', () => {
  it.each(specs)('of %s begin with one that runs on each launcher', (name) => {
    const [first] = /\btest\(\s*'.*?async \(/s.exec(readFileSync(join(folder, name), 'utf8')) ?? []
    expect(first).toContain("'@launchers'")
  })
})
