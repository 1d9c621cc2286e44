import type { Outcome } from '../../protocol/contract.ts'
import type { Endpoint } from '../docker/endpoint.ts'
import type { OwnTraffic } from './traffic-plan.ts'

/**
 * Returns what of a host's traffic is Hopwire's own talk with the engine. It must be left out: what is told of a packet
 * would be another packet, without an end. From inside the host it cannot be told from that of other clients of the engine.
 */
export function describeOwnTraffic(endpoint: Endpoint): readonly OwnTraffic[] {
  switch (endpoint.kind) {
    case 'socket':
      return []
    case 'tcp':
      return [ownPort(endpoint.port, "the engine's API")]
    case 'ssh':
      return [ownPort(endpoint.port, "the way to the engine's API by ssh")]
    default:
      return endpoint satisfies never
  }
}

function ownPort(port: number, what: string): OwnTraffic {
  return { filter: `tcp port ${port}`, why: `TCP port ${port} of the host: ${what}, which Hopwire uses itself` }
}

/** What a host that is not alive says. */
export const NOTHING_TO_LISTEN_TO: Outcome<never> = {
  ok: false,
  failure: {
    code: 'probe-failed',
    message: 'there is no traffic on a saved host',
    hint: 'watching needs a Docker engine',
  },
}
