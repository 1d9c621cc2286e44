import { existsSync, readFileSync } from 'node:fs'
import { platform } from 'node:process'
import { countPlaywright, countVitest } from './count.mjs'

const isRootOnLinux = platform === 'linux' && process.getuid?.() === 0
const needsRoot = isRootOnLinux ? null : 'needs root on Linux: it starts real Docker engines in network namespaces'

function chromiumMissing() {
  return existsSync('/usr/bin/chromium') ? null : 'needs Chromium at /usr/bin/chromium'
}

const report = (name) => `.cache/test/${name}.json`
const vitest = (name, ...words) => [
  'vitest',
  'run',
  ...words,
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report(name)}`,
]
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
  {
    name: 'pure',
    command: vitest(
      'pure',
      '--project=unit',
      '--project=golden',
      '--maxWorkers=2',
      '--pool=threads',
      '--no-isolate',
      ...PURE,
    ),
    skip: () => null,
    count: () => countVitest(readReport('pure')),
  },
  {
    name: 'unit',
    command: vitest('unit', '--project=unit', '--maxWorkers=2', ...PURE.map((path) => `--exclude=${path}**`)),
    skip: () => null,
    count: () => countVitest(readReport('unit')),
  },
  // In one run: their files wait most of the time, for clocks of the kernel, so that seven fit on two cores.
  {
    name: 'live',
    command: vitest('live', '--project=live', '--project=scenarios', '--maxWorkers=7'),
    skip: () => needsRoot,
    count: () => countVitest(readReport('live')),
  },
  {
    name: 'end-to-end',
    command: ['playwright', 'test', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report('end-to-end') },
    skip: () => needsRoot ?? chromiumMissing(),
    count: () => countPlaywright(readReport('end-to-end')),
  },
]
