import { existsSync, readFileSync } from 'node:fs'
import { platform } from 'node:process'
import { countPlaywright } from './count.mjs'

const isRootOnLinux = platform === 'linux' && process.getuid?.() === 0
const needsRoot = isRootOnLinux ? null : 'needs root on Linux: it starts real Docker engines in network namespaces'

function chromiumMissing() {
  return existsSync('/usr/bin/chromium') ? null : 'needs Chromium at /usr/bin/chromium'
}

const report = (name) => `.cache/test/${name}.json`
/** A stage of tests that vitest runs: what it is called, its words, and why it cannot run here, if so. */
const vitest = (name, words, skip = () => null) => ({
  name,
  command: ['vitest', 'run', ...words, '--reporter=default', '--reporter=./scripts/test/report-counts.mjs'],
  env: { HOPWIRE_TEST_COUNTS: report(name) },
  skip,
  count: () => readReport(name),
})
const readReport = (name) => JSON.parse(readFileSync(report(name), 'utf8'))

const PURE = ['test/core/', 'test/protocol/', 'test/golden/']

/**
 * What `npm test` runs, in order. `skip` gives the reason why a stage cannot run here, or null. A stage without a
 * `count` is one check: it passes or fails as a whole.
 */
export const STAGES = [
  { name: 'set-up', command: ['bash', 'scripts/setup-lab.sh'], skip: () => needsRoot, setup: true },
  { name: 'build', command: ['npm', 'run', '--silent', 'build'], skip: () => null },
  { name: 'types', command: ['tsc', '-b'], skip: () => null },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'], skip: () => null },
  { name: 'format', command: ['biome', 'format', '.'], skip: () => null },
  // What is pure keeps nothing from file to file, so that its files can share their modules: a third of the time.
  vitest('pure', ['--project=unit', '--project=golden', '--maxWorkers=2', '--pool=threads', '--no-isolate', ...PURE]),
  vitest('unit', ['--project=unit', '--maxWorkers=2', ...PURE.map((path) => `--exclude=${path}**`)]),
  // In one run: their files wait most of the time, for clocks of the kernel, so that seven fit on two cores.
  vitest('live', ['--project=live', '--project=scenarios', '--maxWorkers=7'], () => needsRoot),
  {
    name: 'end-to-end',
    command: ['playwright', 'test', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report('end-to-end') },
    skip: () => needsRoot ?? chromiumMissing(),
    count: () => countPlaywright(readReport('end-to-end')),
  },
]
