import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const bin = (name: string) => join(root, 'node_modules/.bin', name)
let copy = ''

/** The checks run over a copy of the sources, so that a forbidden file never stands in the real tree. */
beforeAll(() => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  copy = mkdtempSync(join(root, '.cache/zones-'))
  for (const path of ['src', 'scripts/lint', '.oxlintrc.json', 'tsconfig.base.json', 'package.json']) {
    cpSync(join(root, path), join(copy, path), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
})

afterAll(() => rmSync(copy, { recursive: true, force: true }))

function withFile<T>(path: string, text: string, check: () => T): T {
  const file = join(copy, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  try {
    return check()
  } finally {
    rmSync(file)
  }
}

function lint(path: string, specifier: string): string {
  const text = `import { thing } from '${specifier}'\n\nexport const again = thing\n`
  return withFile(path, text, () => {
    const done = spawnSync(bin('oxlint'), [path], { cwd: copy, encoding: 'utf8' })
    return done.stdout
  })
}

const forbidden: readonly (readonly [string, string])[] = [
  ['src/core/net/extra.ts', '../host/interface.ts'],
  ['src/core/host/extra.ts', '../trace/step.ts'],
  ['src/core/netfilter/match/extra.ts', '../../forward/lookup-route.ts'],
  ['src/core/netfilter/extra.ts', '../parse/iptables-save.ts'],
  ['src/core/forward/extra.ts', '../netfilter/hook.ts'],
  ['src/core/tracer/extra.ts', '../parse/iptables-save.ts'],
  ['src/core/tracer/extra.ts', 'node:fs'],
  ['src/core/synth/extra.ts', '../tracer/trace-flow.ts'],
  ['src/core/synth/extra.ts', '../netfilter/hook.ts'],
  ['src/core/synth/extra.ts', 'yaml'],
  ['src/core/compose/extra.ts', '../tracer/trace-flow.ts'],
  ['src/core/compose/extra.ts', 'node:fs'],
  ['src/protocol/extra.ts', '../core/tracer/trace-flow.ts'],
  ['src/protocol/extra.ts', 'node:net'],
  ['src/backend/extra.ts', 'electron'],
  ['src/backend/docker/extra.ts', 'dockerode'],
  ['src/cli/extra.ts', 'electron'],
  ['src/main/extra.ts', 'react'],
  ['src/preload/extra.ts', '../protocol/contract.ts'],
  ['src/renderer/panels/extra.tsx', '../../core/tracer/trace-flow.ts'],
  ['src/renderer/extra.tsx', '../core/parse/iptables-save.ts'],
  ['src/renderer/extra.tsx', '../backend/service.ts'],
  ['src/renderer/extra.tsx', 'node:fs'],
]

const allowed: readonly (readonly [string, string])[] = [
  ['src/core/netfilter/match/extra.ts', '../../host/match.ts'],
  ['src/core/tracer/extra.ts', '../netfilter/hook.ts'],
  ['src/core/compose/extra.ts', 'yaml'],
  ['src/backend/extra.ts', '../core/tracer/trace-flow.ts'],
  ['src/preload/extra.ts', '../protocol/port.ts'],
  ['src/renderer/panels/extra.tsx', '../../core/trace/step.ts'],
  ['src/renderer/extra.tsx', 'd3'],
]

describe('the import table', () => {
  it.each(forbidden)('forbids %s to import %s', (path, specifier) => {
    expect(lint(path, specifier)).toContain('import-zones')
  })

  it.each(allowed)('lets %s import %s', (path, specifier) => {
    expect(lint(path, specifier)).not.toContain('import-zones')
  })
})

describe('the compiler', () => {
  const compile = (path: string, text: string, project: string) =>
    withFile(path, text, () => {
      const done = spawnSync(bin('tsc'), ['-b', project], { cwd: copy, encoding: 'utf8' })
      return { status: done.status, output: done.stdout }
    })

  it('knows no Node in core', () => {
    const done = compile(
      'src/core/net/extra.ts',
      "import { readFileSync } from 'node:fs'\nexport const f = readFileSync\n",
      'src/core',
    )
    expect(done.output).toMatch(/TS2591|TS2307/)
  })

  it('knows no DOM and no clock of the browser in core', () => {
    const done = compile('src/core/net/extra.ts', 'export const title = document.title\n', 'src/core')
    expect(done.output).toContain("Cannot find name 'document'")
  })

  it('does not compile core files that reach into the backend', () => {
    const done = compile(
      'src/core/net/extra.ts',
      "export { createService } from '../../backend/service.ts'\n",
      'src/core',
    )
    expect(done.status).not.toBe(0)
    expect(done.output).toMatch(/TS6059|TS6307/)
  })

  it('compiles the untouched copy of core', () => {
    expect(() => execFileSync(bin('tsc'), ['-b', 'src/core'], { cwd: copy })).not.toThrow()
  })
})
