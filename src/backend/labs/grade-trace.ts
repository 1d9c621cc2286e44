import type { Flow } from '../../core/trace/flow.ts'
import { formatTrace } from '../../core/trace/format-trace.ts'
import type { Trace, TraceReport } from '../../core/trace/trace-report.ts'
import { NOT_RESOLVED } from '../../core/tracer/resolve-target.ts'
import type { Outcome } from '../../protocol/contract.ts'
import type { TraceCheck } from './lab-page.ts'
import { readEnd } from './read-end.ts'

/** Traces a flow on the host that is graded. */
export type AskTracer = (flow: Flow) => Promise<Outcome<TraceReport>>

interface Asking {
  readonly ask: AskTracer
  readonly asked: readonly Flow[]
}

/** Grades what becomes of a flow: null where it is as the check says, else one sentence. */
export async function gradeTrace(check: TraceCheck, flow: Flow, { ask, asked }: Asking): Promise<string | null> {
  if (check.asked && !asked.some((each) => isSame(each, flow))) return `Trace it: ${words(flow)}.`
  const traced = await ask(flow)
  const end = traced.ok ? endOfReport(traced.value) : traced.failure.code
  const reason = traced.ok ? reasonOf(traced.value, end) : `${traced.failure.message}.`
  const wanted = check.is.includes(end) !== check.isNot
  if (!wanted) return `${words(flow)}: ${end}. ${sentence(reason)}`
  if (!traced.ok) return null
  const trace = traced.value.exchanges.find(({ main }) => main)?.forward
  return trace === undefined ? null : gradeWay(check, flow, trace, reason)
}

/** A name that means a container to Hopwire alone is none to the sender. */
function endOfReport({ warnings, disposition }: TraceReport): string {
  return warnings.some((warning) => warning.endsWith(NOT_RESOLVED)) ? 'unknown-name' : disposition
}

/** What became of a packet that the sender could not even have sent would only mislead. */
function reasonOf({ reason, flow }: TraceReport, end: string): string {
  return end === 'unknown-name' ? `${flow.from} ${NOT_RESOLVED}` : reason
}

function gradeWay(check: TraceCheck, flow: Flow, trace: Trace, reason: string): string | null {
  const met = listMet(trace)
  const lacking = check.meets.find((each) => !met.has(each))
  if (lacking !== undefined) return `On its way ${words(flow)} does not meet ${lacking}.`
  const avoided = check.avoids.find((each) => met.has(each))
  if (avoided !== undefined) return `On its way ${words(flow)} still meets ${avoided}.`
  if (check.because === null || new RegExp(check.because).test(`${reason}\n${formatTrace(trace)}`)) return null
  return `${words(flow)} ends as it should, but for another reason. ${sentence(reason)}`
}

/** Devices and kinds of steps; chains and verdicts of the host's own rules, as a container has an INPUT of its own, too. */
function listMet({ hops }: Trace): ReadonlySet<string> {
  const met = new Set<string>()
  for (const { netns, device, steps } of hops) {
    if (device !== null) met.add(device)
    for (const step of steps) {
      met.add(step.kind)
      if (netns !== 'host') continue
      if (step.kind === 'rule') met.add(step.chain).add(step.verdict)
      if (step.kind === 'policy') met.add(step.chain)
    }
  }
  return met
}

/** A port may stand behind the address or beside it. */
function isSame(one: Flow, other: Flow): boolean {
  const [a, b] = [endOf(one), endOf(other)]
  return one.from === other.from && one.protocol === other.protocol && a.to === b.to && a.port === b.port
}

function endOf({ to, destinationPort }: Flow): { readonly to: string; readonly port: number | null } {
  const end = readEnd(to)
  return { to: end.to.replace(/\.$/, '').toLowerCase(), port: end.port ?? destinationPort ?? null }
}

function words({ from, to, protocol, destinationPort }: Flow): string {
  const port = destinationPort === undefined ? '' : `:${destinationPort}`
  return `${from} → ${to}${port}${protocol === 'udp' ? ' (UDP)' : ''}`
}

function sentence(text: string): string {
  const first = text.slice(0, 1).toUpperCase() + text.slice(1)
  return /[.?!]$/.test(first) ? first.replace(/\.\.$/, '.') : `${first}.`
}
