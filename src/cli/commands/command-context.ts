import type { HostChoice } from '../../backend/open-app-backend.ts'
import type { ParsedOptions } from '../args/parse-options.ts'
import type { CliIo, CliStream } from '../cli-io.ts'
import { commandConsent } from '../command-consent.ts'
import { EXIT, exitForFailure } from '../exit-status.ts'
import { openSource } from '../open-source.ts'
import { printFailure, printProblem } from '../print/print-failure.ts'
import type { Style } from '../print/style.ts'
import { showProgress } from '../progress.ts'
import type { Source } from '../../backend/sources/source.ts'
import { openSettingsFile } from '../../backend/settings/settings-file.ts'
import type { HelperAnswer } from '../../backend/settings/settings.ts'
import type { Failure } from '../../protocol/contract.ts'

/** What a command is run with. */
export interface CommandContext {
  readonly options: ParsedOptions
  readonly host: HostChoice
  /** What was said about the privileged helper for this run; null when nothing was. */
  readonly helper: HelperAnswer | null
  readonly io: CliIo
  readonly style: Style
}

/** Writes one problem with the user's words; the command then ends with status 2. */
export function usageError(stderr: CliStream, problem: string): number {
  stderr.write(`${printProblem(problem)}\n`)
  return EXIT.usage
}

/** Writes one failure and gives its status. */
export function fail(stderr: CliStream, failure: Failure): number {
  stderr.write(`${failure.code === 'cancelled' ? printProblem('interrupted') : printFailure(failure)}\n`)
  return exitForFailure(failure.code)
}

/**
 * Runs a job on the chosen host and ends the source whatever happens, so that no helper container stays behind. The job
 * gives what is left to print: the progress line is gone by then.
 */
export async function withSource(
  context: CommandContext,
  job: (source: Source) => Promise<() => number>,
): Promise<number> {
  const { io, helper, options } = context
  // The flows come from there: nobody can be asked.
  const ask = options.values.flows === '-' ? null : io.ask
  let endProgress: () => void = () => undefined
  const askCalmly = async (question: string): Promise<string | null> => {
    endProgress()
    const line = (await ask?.(question)) ?? null
    endProgress = showProgress(source, io.stderr)
    return line
  }
  const terminal = { stderr: io.stderr, ask: ask === null ? null : askCalmly }
  const source = openSource(context.host, commandConsent(openSettingsFile(io.env), helper, terminal))
  endProgress = showProgress(source, io.stderr)
  let finish: () => number
  try {
    finish = await job(source)
  } finally {
    endProgress()
    await source.close()
  }
  for (const note of source.notes?.() ?? []) io.stderr.write(`${printProblem(`note: ${note}`)}\n`)
  return finish()
}
