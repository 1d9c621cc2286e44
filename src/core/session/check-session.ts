import { checkHostState } from '../host/check-host-state.ts'
import {
  byKind,
  describeValue,
  integer,
  list,
  nullable,
  object,
  oneOf,
  type Report,
  type Shape,
  type ShapeProblem,
  text,
  textThat,
} from '../host/shape.ts'
import { checkReport } from '../trace/check-trace.ts'
import { liveReportShape } from '../trace/live-shapes.ts'
import type { TraceReport } from '../trace/trace-report.ts'
import { traceReportShape } from '../trace/trace-shapes.ts'
import { SESSION_SCHEMA, type Session, type SessionEntry } from './session.ts'

/** Whether a value is a session, and if not, all that is wrong with it. */
export type CheckedSession =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly problems: readonly ShapeProblem[] }

/**
 * Checks that a value from outside (a saved file) is a session, whole: its hosts as checkHostState does, every field of
 * every report, and that entries refer to a host that is there. Another schema is refused without looking further. Whether
 * a capture is one is for its reader to say. Never throws.
 */
export function checkSession(value: unknown): CheckedSession {
  const schema = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['schema'] : undefined
  if (schema !== SESSION_SCHEMA) {
    const message = `its schema is ${describeValue(schema)}, this Hopwire reads "${SESSION_SCHEMA}"`
    return { ok: false, problems: [{ path: 'schema', message }] }
  }
  const problems: ShapeProblem[] = []
  const report: Report = (path, message) => problems.push({ path, message })
  sessionShape(value, '', report)
  if (problems.length === 0) checkMeaning(value as Session, report)
  return problems.length === 0 ? { ok: true, session: value as Session } : { ok: false, problems }
}

const time = textThat('a time in UTC (ISO 8601)', (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value))
const base64 = textThat('base64', (value) => value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value))

/** A host state has a check of its own. */
const host: Shape = (value, path, report) => {
  const checked = checkHostState(value)
  if (checked.ok) return
  for (const problem of checked.problems) report(`${path}.${problem.path}`, problem.message)
}

const base = { at: time, host: integer(0) }

const entry = byKind<SessionEntry>({
  predicted: { ...base, report: traceReportShape },
  live: { ...base, report: liveReportShape, capture: nullable(base64) },
  watch: { ...base, label: text, capture: base64 },
})

const sessionShape = object<Session>({
  schema: oneOf(SESSION_SCHEMA),
  application: text,
  savedAt: time,
  hosts: list(host),
  entries: list(entry),
})

function checkMeaning({ hosts, entries }: Session, report: Report): void {
  if (hosts.length === 0) report('hosts', 'a session has one host state at least')
  entries.forEach((one, index) => {
    const path = `entries[${index}]`
    if (one.host >= hosts.length) report(`${path}.host`, `there is no host ${one.host}, of ${hosts.length}`)
    if (one.kind === 'predicted') checkSound(one.report, `${path}.report`, report)
    if (one.kind === 'live') {
      checkSound(one.report.predicted, `${path}.report.predicted`, report)
      checkSound(one.report.observed, `${path}.report.observed`, report)
    }
  })
}

/** What every reader of a report relies on. */
function checkSound(trace: TraceReport, path: string, report: Report): void {
  for (const { at, message } of checkReport(trace)) report(`${path}.${at}`, message)
}
