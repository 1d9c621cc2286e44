/** Runs every file of measurements here, or those that are named, and prints what they find: `npm run bench -- trace-flow`. */
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Benchmark, Line } from './line.ts'

async function main(wanted: readonly string[]): Promise<void> {
  const benchmarks = await findBenchmarks()
  const unknown = wanted.filter((each) => benchmarks.every(({ name }) => name !== each))
  if (unknown.length > 0) throw new Error(`no measurement is called ${unknown.join(' or ')}`)
  for (const benchmark of benchmarks) {
    if (wanted.length > 0 && !wanted.includes(benchmark.name)) continue
    console.log(`\n${benchmark.name}`)
    print(await benchmark.run())
  }
}

async function findBenchmarks(): Promise<readonly Benchmark[]> {
  const self = basename(import.meta.filename)
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && file !== self)
  const modules: unknown[] = []
  for (const file of files.sort()) modules.push(await import(pathToFileURL(join(import.meta.dirname, file)).href))
  return modules.filter(isBenchmark)
}

function isBenchmark(module: unknown): module is Benchmark {
  const { name, run } = module as Partial<Benchmark>
  return typeof name === 'string' && typeof run === 'function'
}

function print(lines: readonly Line[]): void {
  const width = Math.max(...lines.map(({ what }) => what.length))
  for (const { what, value, note } of lines)
    console.log(`  ${what.padEnd(width)}  ${value}${note === undefined ? '' : `  (${note})`}`)
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
