import { isLinkLocal } from '../net/address.ts'
import type { ForwardIndex } from './forward-index.ts'
import { lookupRoute } from './lookup-route.ts'

/** What is asked about an address; `device` restricts the answer to a route that may use it. */
export interface DeviceQuery {
  readonly family: 4 | 6
  readonly destination: string
  readonly source: string
  readonly mark: number
  readonly inDevice: string
  readonly device: string | null
}

/** The device of a route, `none` where there is no unicast route, `unknown` where that cannot be told. */
export type DeviceAnswer =
  | { readonly kind: 'device'; readonly name: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly what: string }

/**
 * Returns the device by which an address is reached, as nftables' `fib ... oif` has it: own addresses, broadcasts and
 * routes that refuse give none (linux:net/ipv4/netfilter/nft_fib_ipv4.c nft_fib4_eval, net/ipv6/netfilter/nft_fib_ipv6.c
 * nft_fib6_eval). With a device asked for, IPv4 is content with a route that may use it; IPv6 wants the one chosen.
 */
export function findRouteDevice(index: ForwardIndex, query: DeviceQuery): DeviceAnswer {
  const { family, destination, source, mark, device } = query
  // A link-local address exists on every link: IPv6 looks on the device in question.
  const outDevice = isLinkLocal(destination) ? device : null
  const inDevice = query.inDevice === '' ? 'lo' : query.inDevice
  const found = lookupRoute(index, { family, destination, source, inDevice, outDevice, mark })
  switch (found.kind) {
    case 'forward': {
      const mayUse = device === null || found.device === device || (family === 4 && usesDevice(found.route, device))
      return mayUse ? { kind: 'device', name: device ?? found.device } : { kind: 'none' }
    }
    case 'unknown':
      return { kind: 'unknown', what: found.what }
    default:
      return { kind: 'none' }
  }
}

function usesDevice(
  route: { readonly nextHops: readonly { readonly device: string | null }[] },
  device: string,
): boolean {
  return route.nextHops.some((hop) => hop.device === device)
}
