import type { HostChoice } from '../args/host-choice.ts'
import type { ParsedOptions } from '../args/parse-options.ts'
import type { CliIo, CliStream } from '../cli-io.ts'
import { EXIT, exitForFailure } from '../exit-status.ts'
import { openBackend, type OpenedBackend } from '../open-backend.ts'
import { printFailure, printProblem } from '../print/print-failure.ts'
import type { Style } from '../print/style.ts'
import { showProgress } from '../progress.ts'
import type { Failure } from '../../protocol/contract.ts'

/** What a command is run with. */
export interface CommandContext {
  readonly options: ParsedOptions
  readonly host: HostChoice
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
  stderr.write(`${printFailure(failure)}\n`)
  return exitForFailure(failure.code)
}

/**
 * Runs a job with the backend in this process and ends the backend whatever happens, so that no helper container stays
 * behind. The progress line is gone before the job's result is handed back.
 */
export async function withBackend(
  context: CommandContext,
  job: (backend: OpenedBackend) => Promise<() => number>,
): Promise<number> {
  const opened = await openBackend(context.host)
  if (!opened.ok) return fail(context.io.stderr, opened.failure)
  const endProgress = showProgress(opened.value.client, context.io.stderr)
  let finish: () => number
  try {
    finish = await job(opened.value)
  } finally {
    endProgress()
    await opened.value.close()
  }
  return finish()
}
