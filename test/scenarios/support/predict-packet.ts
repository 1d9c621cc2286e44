import type { HostState } from '../../../src/core/host/host-state.ts'
import type { Packet } from '../../../src/core/net/packet.ts'
import { TRACE_SCHEMA, type TraceReport } from '../../../src/core/trace/trace-report.ts'
import { converse, type Sender } from '../../../src/core/tracer/converse.ts'
import { makeQuestion, type QuestionHeaders } from '../../../src/core/tracer/make-question.ts'
import { prepareHost } from '../../../src/core/tracer/prepare-host.ts'
import { createWorld } from '../../../src/core/tracer/world.ts'

/** Who sends: a namespace by its name in traces, or a machine outside whose frame comes in on a device of the host. */
export type RawSender = { readonly netns: string } | { readonly device: string }

/**
 * What the engine predicts of a packet that no flow asks for: a reset, a forged source, a packet that comes in by another
 * device. `change` is laid over the headers that a flow would have.
 */
export function predictPacket(
  state: HostState,
  from: RawSender,
  headers: QuestionHeaders,
  change: Partial<Packet> = {},
): TraceReport {
  const host = prepareHost(state)
  const world = createWorld(host, { tried: false })
  const name = 'netns' in from ? from.netns : 'host'
  const ns = host.namespace(state.namespaces.find((candidate) => candidate.name === name)?.id ?? '')
  if (ns === null) throw new Error(`there is no namespace ${name}`)
  const bound = headers.src !== null
  const sender: Sender =
    'netns' in from
      ? { kind: 'inside', ns, bound, by: 'test' }
      : { kind: 'outside', ns, device: from.device, by: 'test' }
  const mac = 'device' in from ? (ns.index.interfaces.get(from.device)?.mac ?? null) : null
  const made = makeQuestion('netns' in from ? ns.netns : null, headers)
  const packet: Packet = { ...made, destinationMac: mac, ...change }
  const exchanges = converse(world, {
    sender,
    packet,
    label: 'packet',
    protocol: packet.protocol,
    main: true,
    why: 'A test sends it.',
  })
  const main = exchanges.find((exchange) => exchange.main)
  if (main === undefined) throw new Error('a conversation without its main exchange')
  const { disposition, reason } = main.forward
  const { name: engine, version } = state.engine
  const flow = { from: name, to: packet.dst, protocol: headers.protocol, sourcePort: headers.sourcePort } as const
  return {
    schema: TRACE_SCHEMA,
    origin: 'predicted',
    engine: { name: engine, version },
    flow,
    disposition,
    reason,
    exchanges,
    warnings: [...world.warnings],
  }
}
