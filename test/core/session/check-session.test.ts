import { describe, expect, it } from 'vitest'
import { observeReport } from '../../../src/core/observe/observe-report.ts'
import { assembleObservation } from '../../../src/core/parse/live/assemble-observation.ts'
import { checkSession } from '../../../src/core/session/check-session.ts'
import { SESSION_SCHEMA, type Session } from '../../../src/core/session/session.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { loadLive } from '../../fixtures/load-live.ts'
import { liveReport } from '../../support/live-report.ts'
import { readStandardHost } from '../../support/scripted-source.ts'

const host = readStandardHost()
const report = (from: string, to: string, protocol: 'icmp' | 'tcp' | 'udp' = 'icmp', destinationPort?: number) => {
  const flow = { from, to, protocol, ...(destinationPort === undefined ? {} : { destinationPort }) }
  const traced = traceFlow(host, flow, { tried: true })
  if (!traced.ok) throw new Error(traced.problem.message)
  return traced.report
}
const base = { at: '2026-03-01T10:00:00.123Z', host: 0 }
const session: Session = {
  schema: SESSION_SCHEMA,
  application: 'Hopwire 0.1.0',
  savedAt: '2026-03-01T10:00:01Z',
  hosts: [host],
  entries: [
    { ...base, kind: 'predicted', report: report('c1', '203.0.113.80') },
    { ...base, kind: 'predicted', report: report('external', 'host:8080', 'tcp', 8080) },
    { ...base, kind: 'predicted', report: report('c1', 'b1') },
    { ...base, kind: 'predicted', report: report('c1', 'echo', 'udp', 4) },
    { ...base, kind: 'live', report: liveReport(report('c1', 'c2')), capture: 'AAAA' },
    { ...base, kind: 'live', report: liveReport(report('c1', 'a1')), capture: null },
    { ...base, kind: 'watch', label: 'container c1', capture: '' },
  ],
}
const fromFile = (): unknown => JSON.parse(JSON.stringify(session))

/** The session with one member put in place of another, by its path. */
function broken(path: string, value: unknown): unknown {
  const whole = fromFile()
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let at = whole as Record<string, unknown>
  for (const key of keys) at = at[key] as Record<string, unknown>
  if (value === undefined) delete at[last]
  else at[last] = value
  return whole
}

describe('checkSession', () => {
  it('takes what was saved, whole', () => {
    const checked = checkSession(fromFile())
    expect(checked).toEqual({ ok: true, session })
  })

  it.each([
    ['schema', 'hopwire.session/2', 'schema'],
    ['savedAt', 'yesterday', 'savedAt'],
    ['hosts', [], 'hosts'],
    ['hosts.0.hostname', 7, 'hosts[0].hostname'],
    ['entries.0.kind', 'guess', 'entries[0].kind'],
    ['entries.0.host', 3, 'entries[0].host'],
    ['entries.0.report.flow.protocol', 'sctp', 'entries[0].report.flow.protocol'],
    ['entries.1.report.exchanges.0.forward.hops.0.steps.0.kind', 'teleport', 'steps[0].kind'],
    ['entries.1.report.exchanges.0.forward.hops.0.packet.ttl', 400, 'hops[0].packet.ttl'],
    ['entries.0.report.exchanges', [], 'entries[0].report.exchanges'],
    ['entries.4.report.comparison.exchanges.0.verdict', 'maybe', 'comparison.exchanges[0].verdict'],
    ['entries.4.report.timing.whole', undefined, 'entries[4].report.timing.whole'],
    ['entries.4.capture', 'not base64!', 'entries[4].capture'],
    ['entries.6.extra', 1, 'entries[6].extra'],
  ])('refuses another %s (%j) and says where', (path, value, where) => {
    const checked = checkSession(broken(path, value))
    expect(checked.ok ? [] : checked.problems.map((problem) => problem.path)).toContainEqual(
      expect.stringContaining(where),
    )
  })

  // A session that cannot be opened again would be a loss: whatever was observed must pass.
  it.each(['docker-20', 'docker-28', 'docker-28-no-proxy'])(
    'takes the reports of all probes captured on %s',
    (name) => {
      const { state, cases } = loadLive(name)
      const entries = cases.flatMap(({ flow, raw }) => {
        const predicted = traceFlow(state, flow)
        if (!predicted.ok) return []
        const observation = assembleObservation(raw).value
        const observed = observeReport({ state, flow, predicted: predicted.report, observation })
        return [
          { ...base, kind: 'live', report: liveReport(predicted.report, observed, state), capture: null } as const,
        ]
      })
      expect(entries.length).toBeGreaterThan(1)
      const checked = checkSession(JSON.parse(JSON.stringify({ ...session, hosts: [state], entries })))
      expect(checked.ok ? [] : checked.problems).toEqual([])
    },
  )

  it.each([null, 7, 'x', [], {}, { schema: SESSION_SCHEMA }])('takes %j for none', (value) => {
    expect(checkSession(value).ok).toBe(false)
  })
})
