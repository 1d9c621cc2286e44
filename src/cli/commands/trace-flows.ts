import { readFile } from 'node:fs/promises'
import type { Failure, FailureCode } from '../../protocol/contract.ts'
import type { Client } from '../../protocol/connect.ts'
import { parseFlowLine } from '../args/parse-flow-line.ts'
import type { CliIo } from '../cli-io.ts'
import { connectBackend } from '../connect-backend.ts'
import { EXIT } from '../exit-status.ts'
import { printFailure } from '../print/print-failure.ts'
import { fail, usageError, withSource, type CommandContext } from './command-context.ts'

/** What stands in the output where a line gave no report. It keeps the order of the lines. */
export interface FlowError {
  readonly error: Failure
  /** Counted from 1. */
  readonly line: number
}

/** Failures that concern one line; any other ends the run, because every further line would meet it as well. */
const LINE_FAILURES: readonly FailureCode[] = ['bad-params', 'unknown-endpoint', 'unknown-name', 'bad-flow']

/**
 * Traces one flow a line, over one host state. Writes one JSON line for each: the report, or `{"error", "line"}` where
 * the line is wrong, with the same said on standard error as `FILE:LINE:COLUMN`. Blank lines are passed over. Gives 0
 * when every line was traced, whatever became of the packets, and 2 when one was not.
 */
export async function traceFlows(context: CommandContext, file: string): Promise<number> {
  const { io } = context
  const text = await readFlows(file, io)
  if (text === null) return usageError(io.stderr, `--flows: "${file}" cannot be read; give a file of JSON lines, or -`)
  const name = file === '-' ? '<stdin>' : file
  return withSource(context, async (source) => {
    const status = await traceLines(context, connectBackend(source, 'once'), name, text)
    return () => (typeof status === 'number' ? status : fail(io.stderr, status))
  })
}

async function readFlows(file: string, io: CliIo): Promise<string | null> {
  try {
    const text = file === '-' ? await io.readStdin() : await readFile(file, 'utf8')
    return text.replace(/^\uFEFF/, '')
  } catch {
    return null
  }
}

async function traceLines(
  context: CommandContext,
  client: Client,
  name: string,
  text: string,
): Promise<number | Failure> {
  const { io } = context
  const tried = context.options.switches.has('tried')
  let status: number = EXIT.arrived
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const answer = await traceLine(client, line, tried, io.signal)
    if ('report' in answer) {
      io.stdout.write(`${JSON.stringify(answer.report)}\n`)
      continue
    }
    if (!LINE_FAILURES.includes(answer.failure.code)) return answer.failure
    status = EXIT.usage
    const place = `${name}:${index + 1}:${answer.column}`
    io.stderr.write(`${printFailure({ ...answer.failure, message: `${place}: ${answer.failure.message}` })}\n`)
    const error: FlowError = { error: { ...answer.failure, at: place }, line: index + 1 }
    io.stdout.write(`${JSON.stringify(error)}\n`)
  }
  return status
}

async function traceLine(client: Client, line: string, tried: boolean, signal: AbortSignal) {
  const read = parseFlowLine(line)
  if (!read.ok) {
    const failure: Failure = { code: 'bad-flow', message: read.problem }
    return { failure, column: read.column }
  }
  const outcome = await client.call('trace', { flow: read.flow, tried }, { signal })
  return outcome.ok ? { report: outcome.value.report } : { failure: outcome.failure, column: 1 }
}
