import { spawnSync } from 'node:child_process'
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

interface Written {
  readonly path: string
  readonly text: string
}

/** Puts files into the copy for the time of a check. */
function withFiles<T>(files: readonly Written[], check: () => T): T {
  const paths = files.map(({ path }) => join(copy, path))
  files.forEach(({ path, text }) => {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    writeFileSync(join(copy, path), text)
  })
  try {
    return check()
  } finally {
    for (const path of paths) rmSync(path)
  }
}

interface Complaint {
  readonly code: string
  readonly filename: string
}

/** Lints one file for each import, all in one run; gives those against which the rule has something. */
function lint(imports: readonly (readonly [string, string])[]): readonly string[] {
  const files = imports.map(([path, specifier], index) => ({
    path: numbered(path, index),
    text: `import { thing } from '${specifier}'\n\nexport const again = thing\n`,
  }))
  return withFiles(files, () => {
    const argv = ['--format', 'json', ...files.map(({ path }) => path)]
    const { stdout } = spawnSync(bin('oxlint'), argv, { cwd: copy, encoding: 'utf8' })
    const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Complaint[] }
    const refused = new Set(diagnostics.filter(({ code }) => code.includes('import-zones')).map((one) => one.filename))
    return imports.flatMap(([path, specifier], index) =>
      refused.has(numbered(path, index)) ? [`${path} imports ${specifier}`] : [],
    )
  })
}

/** Several files of one folder stand beside each other. */
const numbered = (path: string, index: number): string => path.replace(/(\.tsx?)$/, `-${index}$1`)

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
  let refused: readonly string[] = []
  beforeAll(() => {
    refused = lint([...forbidden, ...allowed])
  })

  it.each(forbidden)('forbids %s to import %s', (path, specifier) => {
    expect(refused).toContain(`${path} imports ${specifier}`)
  })

  it.each(allowed)('lets %s import %s', (path, specifier) => {
    expect(refused).not.toContain(`${path} imports ${specifier}`)
  })
})

describe('the compiler', () => {
  const compile = (files: readonly Written[]) =>
    withFiles(files, () => {
      const done = spawnSync(bin('tsc'), ['-b', 'src/core'], { cwd: copy, encoding: 'utf8' })
      return { status: done.status, output: done.stdout }
    })

  it('knows no Node, no DOM and no clock of the browser in core', () => {
    const { output } = compile([
      {
        path: 'src/core/net/node.ts',
        text: "import { readFileSync } from 'node:fs'\nexport const f = readFileSync\n",
      },
      { path: 'src/core/net/dom.ts', text: 'export const title = document.title\n' },
    ])
    expect(output).toMatch(/net\/node\.ts.*(TS2591|TS2307)/)
    expect(output).toMatch(/net\/dom\.ts.*Cannot find name 'document'/)
  })

  it('does not compile core files that reach into the backend', () => {
    const text = "export { createService } from '../../backend/service.ts'\n"
    const done = compile([{ path: 'src/core/net/extra.ts', text }])
    expect(done.status).not.toBe(0)
    expect(done.output).toMatch(/TS6059|TS6307/)
  })

  it('compiles the untouched copy of core', () => {
    expect(compile([]).status).toBe(0)
  })
})
