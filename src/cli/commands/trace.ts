import { buildFlow, OPTION_NAMES } from '../args/build-flow.ts'
import { connectBackend } from '../connect-backend.ts'
import { exitForDisposition } from '../exit-status.ts'
import { printReport } from '../print/print-report.ts'
import { fail, usageError, withSource, type CommandContext } from './command-context.ts'
import { traceFlows } from './trace-flows.ts'
import { traceLive } from './trace-live.ts'

const FLOW_OPTIONS = ['proto', 'port', 'source-port', 'probe', 'wait', 'export'] as const

/** Options that only a live trace has a use for. */
const LIVE_OPTIONS = ['probe', 'wait', 'export'] as const

/** `hopwire trace FROM TO` and `hopwire trace --flows FILE`. */
export async function trace(context: CommandContext): Promise<number> {
  const { values, switches, positionals } = context.options
  const { stderr, stdout, signal } = context.io
  if (values.flows !== undefined) {
    const problem = flowsProblem(context)
    return problem === null ? traceFlows(context, values.flows) : usageError(stderr, problem)
  }
  const [from, to, ...rest] = positionals
  if (from === undefined || to === undefined || rest.length > 0) {
    return usageError(stderr, `trace takes FROM and TO, but ${countWords(positionals)}; see "hopwire trace --help"`)
  }
  const written = { from, to, protocol: values.proto, port: values.port, sourcePort: values['source-port'] }
  const built = buildFlow(written, OPTION_NAMES)
  if (!built.ok) return usageError(stderr, built.problem)
  if (switches.has('live')) return traceLive(context, built.flow)
  const idle = LIVE_OPTIONS.find((name) => name in values)
  if (idle !== undefined) return usageError(stderr, `--${idle} is for a probe that is sent; add --live`)
  const tried = switches.has('tried')
  return withSource(context, async (source) => {
    const outcome = await connectBackend(source, 'fresh').call('trace', { flow: built.flow, tried }, { signal })
    return () => {
      if (!outcome.ok) return fail(stderr, outcome.failure)
      const { report } = outcome.value
      const lines = switches.has('json') ? [JSON.stringify(report, null, 2)] : printReport(report, tried, context.style)
      stdout.write(`${lines.join('\n')}\n`)
      return exitForDisposition(report.disposition)
    }
  })
}

function flowsProblem({ options }: CommandContext): string | null {
  const extra = FLOW_OPTIONS.find((name) => name in options.values)
  if (extra !== undefined) return `--${extra} does not go with --flows; each line of the file says its own`
  if (options.switches.has('live')) return '--live traces one flow; it does not go with --flows'
  if (options.positionals.length > 0) return `--flows takes no FROM and TO, but ${countWords(options.positionals)}`
  return options.switches.has('json') ? null : '--flows prints JSON only; add --json'
}

function countWords(words: readonly string[]): string {
  if (words.length === 0) return 'neither was given'
  return `${words.map((word) => `"${word}"`).join(', ')} ${words.length === 1 ? 'was' : 'were'} given`
}
