import { forwardBridge } from '../forward/forward-bridge.ts'
import { callsIptables } from '../forward/read-sysctl.ts'
import type { Interface } from '../host/interface.ts'
import type { Skb } from '../netfilter/hook.ts'
import { joinForHooks } from './fragments.ts'
import { floodBridge } from './flood-bridge.ts'
import { addFrame, addStep, openDevice } from './hop-log.ts'
import { leaveByPort } from './leave-by-port.ts'
import { type Ending, end, type Journey, type Place } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'
import { redirectTranslated } from './redirect-translated.ts'
import { runHook } from './run-hook.ts'
import { learnedFdb, learnSender } from './world.ts'

type BridgePlace = Extract<Place, { at: 'bridge' }>

/**
 * Takes a frame from a bridge port: learn the sender, let br_netfilter run the IP PREROUTING hook, then up to the host,
 * out of another port, or out of all of them (linux:net/bridge/br_input.c br_handle_frame,
 * net/bridge/br_netfilter_hooks.c br_nf_pre_routing).
 */
export function bridgeFrame(journey: Journey, place: BridgePlace): Place {
  const { ns } = place
  const port = ns.index.interfaces.get(place.port)
  const bridge = ns.index.interfaces.get(port?.master ?? '')
  if (port === undefined || bridge === undefined) throw new Error(`${place.port} is no bridge port of ${ns.netns.name}`)
  const refusal = refusePort(journey, ns, port, bridge)
  if (refusal !== null) return refusal
  learnSender(journey.world, ns, { bridge, port, mac: place.skb.packet.sourceMac })
  const filtered = callsIptables(ns.netns, place.skb.packet.family, bridge.bridge)
  const plain = { bridge, port, filtered, translated: false }
  if (!filtered) return decideBridge(journey, ns, { ...plain, skb: place.skb, cut: null })
  const cut = joinForHooks(journey, ns, place.skb)
  const pre = runHook(journey, ns, {
    hook: 'prerouting',
    skb: place.skb,
    inDevice: bridge.name,
    physIn: port.name,
  })
  if (!pre.passed) return pre.ending
  const aimed = redirectTranslated(journey, ns, bridge, place.skb, pre.skb)
  if ('ending' in aimed) return aimed.ending
  const translated = aimed.skb.packet.dst !== place.skb.packet.dst
  return decideBridge(journey, ns, { bridge, port, skb: aimed.skb, filtered, translated, cut })
}

function refusePort(journey: Journey, ns: PreparedNamespace, port: Interface, bridge: Interface): Ending | null {
  const state = port.port?.state ?? 'forwarding'
  if (state !== 'forwarding' || !bridge.up) {
    const why = bridge.up ? `Bridge port ${port.name} is ${state}.` : `Bridge ${bridge.name} is down.`
    addStep(journey.log, { kind: 'drop', reason: 'BRIDGE_PORT', why })
    return end('dropped', why)
  }
  const judges = ns.netns.rulesets.nft?.some(
    (table) => table.family === 'bridge' && table.chains.some((c) => c.base !== null),
  )
  if (judges !== true && bridge.bridge?.vlanFiltering !== true) return null
  const what =
    judges === true ? `nftables of family bridge judge frames on ${bridge.name}` : `${bridge.name} filters VLANs`
  addStep(journey.log, { kind: 'unknown', what, why: 'That is not modelled.' })
  return end('cannot-tell', `Cannot tell: ${what}.`)
}

interface BridgeState {
  readonly translated: boolean
  readonly bridge: Interface
  readonly port: Interface
  readonly skb: Skb
  readonly filtered: boolean
  readonly cut: number | null
}

function decideBridge(journey: Journey, ns: PreparedNamespace, state: BridgeState): Place {
  const { bridge, port, skb, filtered, translated, cut } = state
  const frame = { bridge, fromPort: port, destinationMac: skb.packet.destinationMac ?? '' }
  const decision = forwardBridge(ns.index, frame, learnedFdb(journey.world, ns))
  const tell = (ports: readonly Interface[]): void => {
    const names = ports.map(({ name }) => name)
    addStep(journey.log, {
      kind: 'bridge',
      bridge: bridge.name,
      decision: decision.kind,
      ports: names,
      why: decision.why,
    })
  }
  openDevice(journey.log, ns.netns.name, bridge, skb.packet)
  switch (decision.kind) {
    case 'local':
      addFrame(journey.log, 'in', skb.packet)
      tell([])
      return {
        at: 'receive',
        ns,
        device: bridge.name,
        skb,
        prerouted: filtered,
        translated,
        port: filtered ? port.name : null,
      }
    case 'forward':
      tell([decision.port])
      return leaveByPort(journey, ns, { bridge, skb, fromPort: port, toPort: decision.port, filtered, cut })
    case 'flood':
      tell(decision.ports)
      return floodBridge(journey, ns, { bridge, ports: decision.ports, skb, fromPort: port, cut })
    case 'drop':
      tell([])
      return end('dropped', decision.why)
    default:
      return decision satisfies never
  }
}
