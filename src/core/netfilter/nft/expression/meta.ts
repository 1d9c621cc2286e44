import { DEVICE, DEVICE_TYPE, ETHERTYPE, NFPROTO, NUMBER, PACKET_TYPE, PROTOCOL } from '../datatype.ts'
import { MISSING, type ReadResult, unknown } from '../value.ts'
import type { HookRun } from '../../hook-run.ts'
import { packetSocket } from '../../sender-socket.ts'
import type { Selector } from './selector.ts'

/**
 * Returns what the kernel keeps beside a packet (linux:net/netfilter/nft_meta.c); null for what a trace does not have
 * (`time`, `cpu` ...). Where there is no device its name is empty and its index 0, which is unlike any.
 */
export function selectMeta(key: string): Selector | null {
  switch (key) {
    case 'l4proto':
      return { type: PROTOCOL, read: (run) => run.input.protocol }
    case 'nfproto':
      return { type: NFPROTO, read: (run) => (run.family === 'ip' ? 2 : 10) }
    case 'protocol':
      return { type: ETHERTYPE, read: (run) => (run.family === 'ip' ? 0x800 : 0x86dd) }
    case 'iifname':
    case 'iif':
      return { type: DEVICE, read: (run) => run.input.inDevice }
    case 'oifname':
    case 'oif':
      return { type: DEVICE, read: (run) => run.input.outDevice }
    case 'iiftype':
      return { type: DEVICE_TYPE, read: (run) => deviceType(run, run.input.inDevice) }
    case 'oiftype':
      return { type: DEVICE_TYPE, read: (run) => deviceType(run, run.input.outDevice) }
    case 'mark':
      return { type: NUMBER, read: (run) => run.input.mark }
    case 'pkttype':
      return { type: PACKET_TYPE, read: (run) => PACKET_TYPE.parse(run.input.packetType) ?? unknown('its pkttype') }
    case 'skuid':
    case 'skgid':
      return { type: NUMBER, read: (run) => ofSender(run, key === 'skuid' ? 'the user' : 'the group', true) }
    case 'cgroup':
      return { type: NUMBER, read: (run) => ofSender(run, 'the control group', false) }
    case 'ipsec':
    case 'secpath':
      // Asked as whether there is a device: no traced packet arrives encrypted.
      return { type: DEVICE, read: () => '' }
    case 'length':
      return { type: NUMBER, read: (run) => run.input.packet.length }
    default:
      return null
  }
}

/** What has no socket, or one of the kernel that belongs to nobody, has no user; a SYN-ACK's is that of who listens. */
function ofSender(run: HookRun, what: string, asksUser: boolean): ReadResult {
  const socket = packetSocket(run.input)
  if (socket === 'none' || (asksUser ? socket === 'kernel' : socket === 'listener')) return MISSING
  return unknown(`${what} of the program that sends or takes the packet`)
}

function deviceType(run: HookRun, name: string): ReadResult {
  const device = run.context.netns.interfaces.find((each) => each.name === name)
  switch (device?.kind) {
    case 'loopback':
      return 772
    case 'veth':
    case 'bridge':
    case 'dummy':
    case 'macvlan':
    case 'vlan':
    case 'vxlan':
      return 1
    default:
      return unknown(`the hardware type of ${name === '' ? 'no device' : name}`)
  }
}
