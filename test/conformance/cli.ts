/**
 * The conformance run on the command line; see docs/conformance.md.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { whyNoLab } from '../lab/index.ts'
import { generatePlans } from './generate-plan.ts'
import type { EngineVariant, TopologyPlan } from './plan.ts'
import { adoptObserved } from './observed-case.ts'
import { type Listener, runConformance } from './run-conformance.ts'
import { disagrees } from './run-flow.ts'
import { adoptCase, saveCase } from './save-case.ts'
import { count, newTally, passes, showResult, showTallies, type Tally } from './summary.ts'

const usage = `usage: npm run conformance -- [--engine 20|28|all] [--seed N] [--flows N] [--keep DIR] [--topology N] [--keep-all] [--print] [--no-observe]
       npm run conformance -- replay PLAN.json [--keep DIR]
       npm run conformance -- adopt CASE NAME
       npm run conformance -- adopt-observed CASE NAME

--flows is per engine; --topology runs that one alone; --keep-all keeps flows that agree, too; --print shows the plans and runs nothing;
--no-observe leaves Hopwire's own watcher out.`

interface Request {
  readonly plans: readonly TopologyPlan[]
  readonly keep: string
  readonly keepAll: boolean
  readonly observe: boolean
}

async function runAll({ plans, keep, keepAll, observe }: Request): Promise<boolean> {
  const tallies = new Map<string, Tally>()
  const started = Date.now()
  for (const generation of ['20', '28'] as const) {
    const some = plans.filter((plan) => plan.engine.generation === generation)
    if (some.length === 0) continue
    const tally = newTally()
    tallies.set(`Docker ${generation}`, tally)
    const listener: Listener = {
      onResult: (result) => {
        count(tally, result)
        if (result.unsteady !== null) {
          const lines = showResult({ ...result, ...result.unsteady })
          console.log(`UNSTEADY, a second probe agreed: ${lines.join('\n')}\n`)
        }
        const agrees = !disagrees(result)
        if (!agrees) console.log(showResult(result).join('\n'))
        if (!agrees || keepAll) console.log(`  kept in ${saveCase(keep, result)}\n`)
      },
      onFailure: (what) => {
        tally.failed += 1
        console.log(`FAILED: ${what}\n`)
      },
      log: (text) => console.log(`[${((Date.now() - started) / 1000).toFixed(0)} s] ${text}`),
    }
    await runConformance(some, listener, { observe })
  }
  console.log(['', ...showTallies(tallies), '', `${((Date.now() - started) / 1000).toFixed(0)} s`].join('\n'))
  return [...tallies.values()].every(passes)
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      engine: { type: 'string', default: 'all' },
      seed: { type: 'string', default: '1' },
      flows: { type: 'string', default: '250' },
      keep: { type: 'string', default: '.cache/conformance' },
      topology: { type: 'string' },
      'keep-all': { type: 'boolean', default: false },
      print: { type: 'boolean', default: false },
      'no-observe': { type: 'boolean', default: false },
    },
  })
  const [command, first, second] = positionals
  if (command === 'adopt' && first !== undefined && second !== undefined) return console.log(adoptCase(first, second))
  if (command === 'adopt-observed' && first !== undefined && second !== undefined)
    return console.log(adoptObserved(first, second))
  const plans =
    command === undefined
      ? generateAll(values)
      : command === 'replay' && first !== undefined
        ? [JSON.parse(readFileSync(first, 'utf8')) as TopologyPlan]
        : null
  if (plans === null) throw new UsageError()
  if (values.print) return console.log(JSON.stringify(plans, null, 2))
  const reason = whyNoLab()
  if (reason !== undefined) throw new Error(`no engine can be started here: ${reason}`)
  if (!(await runAll({ plans, keep: values.keep, keepAll: values['keep-all'], observe: !values['no-observe'] })))
    process.exitCode = 1
}

class UsageError extends Error {}

function generateAll(values: {
  engine: string
  seed: string
  flows: string
  topology?: string | undefined
}): TopologyPlan[] {
  const [seed, flows] = [Number(values.seed), Number(values.flows)]
  const engines: readonly EngineVariant['generation'][] =
    values.engine === 'all' ? ['20', '28'] : values.engine === '20' || values.engine === '28' ? [values.engine] : []
  if (engines.length === 0 || !Number.isInteger(seed) || !Number.isInteger(flows) || flows < 1) throw new UsageError()
  const plans = engines.flatMap((generation) => generatePlans({ seed, generation, flows }))
  return values.topology === undefined ? plans : plans.filter((plan) => plan.index === Number(values.topology))
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof UsageError ? usage : error instanceof Error ? error.message : error)
    process.exit(error instanceof UsageError ? 2 : 1)
  },
)
