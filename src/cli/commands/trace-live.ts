import { formatComparison } from '../../core/trace/format-comparison.ts'
import type { Flow } from '../../core/trace/flow.ts'
import type { ProbeKind } from '../../core/trace/live-report.ts'
import { LONGEST_WAIT } from '../../protocol/params.ts'
import { parseWhole } from '../args/parse-number.ts'
import { parsed, type Parsed } from '../args/parsed.ts'
import { connectBackend } from '../connect-backend.ts'
import { EXIT, exitForDisposition } from '../exit-status.ts'
import { writeDownload } from '../fetch-download.ts'
import { printProblem } from '../print/print-failure.ts'
import { showLiveProgress } from '../progress.ts'
import { type CommandContext, fail, usageError, withSource } from './command-context.ts'

const PROBES: readonly ProbeKind[] = ['auto', 'syn', 'connect', 'dns', 'http']

/** Seconds that are waited for an answer, and for a packet of somebody else's. */
const WAIT = 5
const WAIT_FOR_OTHERS = 60

/** `hopwire trace FROM TO --live`: sends a real probe, and prints what was seen beside what was predicted. */
export async function traceLive(context: CommandContext, flow: Flow): Promise<number> {
  const { io, style, options, host } = context
  if (host.kind === 'snapshot') return usageError(io.stderr, '--live does not go with --snapshot; it needs an engine')
  const asked = readOptions(context, flow)
  if (!asked.ok) return usageError(io.stderr, asked.problem)
  const { probe, waitSeconds } = asked.value
  const tried = options.switches.has('tried')
  return withSource(context, async (source) => {
    const client = connectBackend(source, 'fresh')
    const endProgress = showLiveProgress(client, io.stderr)
    const outcome = await client.call('liveTrace', { flow, tried, probe, waitSeconds }, { signal: io.signal })
    endProgress()
    const file = options.values.export
    const call = () => client.call('exportLive', {})
    const written = outcome.ok && file !== undefined ? await writeDownload(client, call, file) : null
    return () => {
      if (!outcome.ok) return fail(io.stderr, outcome.failure)
      if (written !== null && !written.ok) return fail(io.stderr, written.failure)
      if (written !== null) io.stderr.write(`${printProblem(written.value)}\n`)
      const live = outcome.value.report
      const text = options.switches.has('json') ? JSON.stringify(live, null, 2) : formatComparison(live, style.width)
      io.stdout.write(`${text}\n`)
      return live.comparison.agrees ? exitForDisposition(live.observed.disposition) : EXIT.differs
    }
  })
}

interface Asked {
  readonly probe: ProbeKind
  readonly waitSeconds: number
}

function readOptions({ options }: CommandContext, flow: Flow): Parsed<Asked> {
  const { probe: given = 'auto', wait } = options.values
  const probe = PROBES.find((kind) => kind === given)
  if (probe === undefined) return { ok: false, problem: `--probe "${given}" is not one of ${PROBES.join(', ')}` }
  if (wait === undefined) {
    return parsed({ probe, waitSeconds: flow.from.startsWith('external') ? WAIT_FOR_OTHERS : WAIT })
  }
  const seconds = parseWhole('--wait', wait, 1, LONGEST_WAIT)
  return seconds.ok ? parsed({ probe, waitSeconds: seconds.value }) : seconds
}
