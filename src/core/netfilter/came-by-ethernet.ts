import type { MatchInput } from './match-input.ts'

/** Tells whether a packet came by a device that has Ethernet frames: what is made here, loopback and tun have none. */
export function cameByEthernet({ inDevice, netns }: MatchInput): boolean {
  if (inDevice === '') return false
  const kind = netns.interfaces.find(({ name }) => name === inDevice)?.kind
  return inDevice !== 'lo' && kind !== 'loopback' && kind !== 'tun'
}
