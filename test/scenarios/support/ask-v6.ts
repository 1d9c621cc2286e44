import type { Flow } from '../../../src/core/trace/flow.ts'
import type { TraceReport } from '../../../src/core/trace/trace-report.ts'
import { predict } from './ask-flow.ts'
import { observeRaw, sendRaw, type RawTruth } from './observe-raw.ts'
import type { Stage } from './stage.ts'

/** What is sent over IPv6: an echo request unless a port is given. */
export interface AskedV6 {
  readonly tcp?: number
  readonly udp?: number
  readonly ttl?: number
  readonly size?: number
  readonly timeoutMs?: number
}

/**
 * Predicts an IPv6 flow and sends its probe. `source` names a machine outside; its namespace is then `client`, and devices
 * of link-local addresses are its own.
 */
export async function askV6(
  stage: Stage,
  from: string,
  to: string,
  what: AskedV6 = {},
  source?: string,
): Promise<{ report: TraceReport; truth: RawTruth }> {
  for (let tries = 1; ; tries += 1) {
    const seen = await askOnce(stage, from, to, what, source)
    // Discovery comes by itself now and then; where it belongs to the question it always does.
    if (!seen.truth.discovery || tries === 3) return seen
  }
}

async function askOnce(
  stage: Stage,
  from: string,
  to: string,
  what: AskedV6,
  source: string | undefined,
): Promise<{ report: TraceReport; truth: RawTruth }> {
  const { tcp, udp, ttl, size = 56, timeoutMs } = what
  const port = tcp ?? udp
  const sourcePort = stage.nextIdentity()
  const kind = tcp !== undefined ? 'syn6' : udp !== undefined ? 'udp6' : 'icmp6'
  const flow: Flow = {
    from: source === undefined ? from : `external:${source.replace(/%.*/, `%${stage.engine.nic}`)}`,
    to: source === undefined ? to : to.replace(/%.*/, ''),
    protocol: tcp !== undefined ? 'tcp' : udp !== undefined ? 'udp' : 'icmp',
    sourcePort,
    length: tcp === undefined ? 48 + size : 60,
    dontFragment: true,
    ...(port === undefined ? {} : { destinationPort: port }),
    ...(ttl === undefined ? {} : { ttl }),
  }
  const ends = {
    to,
    sourcePort,
    ...(source === undefined ? {} : { from: source }),
    ...(port === undefined ? {} : { port }),
  }
  const truth = await observeRaw(stage, from, {
    kind,
    ...ends,
    ...(ttl === undefined ? {} : { ttl }),
    ...(kind === 'syn6' ? {} : { size }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
  if (tcp !== undefined && truth.outcome === 'reply') await sendRaw(stage.path(from), { kind: 'rst6', ...ends })
  return { report: predict(stage.state(), flow), truth }
}
