import type { AddressName, Capture, CaptureInterface } from '../../core/capture/capture.ts'
import type { HostState } from '../../core/host/host-state.ts'
import { readLink } from '../../core/parse/live/read-link.ts'
import { readVersion } from '../package-root.ts'
import type { FindPlace, KeptPacket } from './kept-packet.ts'

/** Returns kept packets as a capture: one interface for each namespace and device, packets in the order of their stamps. */
export function makeCapture(
  packets: readonly KeptPacket[],
  findPlace: FindPlace,
  state: HostState | null,
  comments: readonly string[],
): Capture {
  const interfaces: CaptureInterface[] = []
  const numbers = new Map<string, number>()
  const numberOf = ({ origin, linkType, bytes }: KeptPacket): number => {
    const link = readLink(linkType, bytes)
    const { netns, device } = findPlace(origin, typeof link === 'string' ? null : link.deviceIndex)
    const name = netns === null ? device : `${netns}/${device}`
    const key = `${linkType} ${name}`
    const known = numbers.get(key)
    if (known !== undefined) return known
    const description = netns === null ? '' : `${device} in ${netns}`
    numbers.set(key, interfaces.length)
    return interfaces.push({ name, description, linkType }) - 1
  }
  const sorted = [...packets].sort((a, b) => a.seconds - b.seconds || a.nanoseconds - b.nanoseconds || a.seq - b.seq)
  return {
    application: `Hopwire ${readVersion()}`,
    comments,
    packets: sorted.map((kept) => ({
      interface: numberOf(kept),
      seconds: kept.seconds,
      nanoseconds: kept.nanoseconds,
      direction: kept.direction,
      length: Math.max(kept.length, kept.bytes.length),
      data: kept.bytes,
      comments: kept.comments,
    })),
    interfaces,
    names: state === null ? [] : listNames(state),
  }
}

/** Names of the addresses that somebody here has: a container's, or the host's own. */
export function listNames(state: HostState): readonly AddressName[] {
  const names = new Map<string, string>()
  state.namespaces.forEach(({ containers, interfaces, name: netns }, index) => {
    const name = index === 0 ? state.hostname : (containers[0] ?? netns)
    for (const { addresses } of interfaces)
      for (const { address, scope } of addresses)
        if (scope === 'global' && !names.has(address)) names.set(address, name)
  })
  return [...names].map(([address, name]) => ({ address, name }))
}
