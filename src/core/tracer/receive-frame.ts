import { isGroupMac } from '../forward/forward-bridge.ts'
import { climbStack, enterBond } from './climb-stack.ts'
import { addFrame, addStep, openDevice } from './hop-log.ts'
import { end, type Journey, type Place } from './place.ts'

type ArrivePlace = Extract<Place, { at: 'arrive' }>

/**
 * Takes a frame that comes in on a device: to the bridge where the device is a port, else up the stack when it is
 * addressed to this device (linux:net/core/dev.c __netif_receive_skb_core, net/ethernet/eth.c eth_type_trans).
 */
export function receiveFrame(journey: Journey, place: ArrivePlace): Place {
  const { ns, skb } = place
  const device = ns.index.interfaces.get(place.device)
  if (device === undefined) throw new Error(`a frame on ${place.device}, which ${ns.netns.name} does not have`)
  openDevice(journey.log, ns.netns.name, device, skb.packet)
  addFrame(journey.log, 'in', skb.packet)
  addStep(journey.log, {
    kind: 'enter',
    device: device.name,
    why: `The frame comes in on ${device.name} of ${ns.netns.name}.`,
  })
  const claimed = journey.world.host.stacked.size > 0 || place.tag !== undefined
  const above = claimed ? climbStack(journey, place, device) : null
  if (above !== null) return above
  if (device.master !== null) {
    const master = ns.index.interfaces.get(device.master)
    if (master?.kind === 'bridge') return { at: 'bridge', ns, port: device.name, skb }
    if (master?.kind === 'bond') return enterBond(journey, place, device, master)
    const what = `${device.name} belongs to ${device.master}, which is neither a bridge nor a bond`
    addStep(journey.log, { kind: 'unknown', what, why: 'Such devices are not modelled.' })
    return end('cannot-tell', `Cannot tell: ${what}.`)
  }
  const mac = skb.packet.destinationMac
  if (mac !== null && device.mac !== null && mac !== device.mac && !isGroupMac(mac)) {
    const why = `The frame is for ${mac}, and ${device.name} is ${device.mac}: not ours.`
    addStep(journey.log, { kind: 'drop', reason: 'OTHERHOST', why })
    return end('dropped', why)
  }
  return { at: 'receive', ns, device: device.name, skb, prerouted: false, port: null }
}
