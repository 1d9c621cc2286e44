import { linkLocalAddress } from '../plan/plan-endpoint.ts'
import type { Interface, InterfaceAddress, InterfaceKind } from '../../host/interface.ts'
import { familyOf, formatValue, toRange, toValue } from '../address/ip-range.ts'

/** What a device is made of; the rest follows. */
export interface DeviceSpec {
  readonly index: number
  readonly name: string
  readonly kind: InterfaceKind
  readonly mac: string
  readonly mtu: number
  /** False for a bridge without a port that is up. */
  readonly carrier: boolean
  readonly addresses: readonly InterfaceAddress[]
}

/** Returns a device that somebody has set up. */
export function makeInterface(spec: DeviceSpec): Interface {
  const { carrier, ...rest } = spec
  return { ...rest, up: true, carrier, operState: carrier ? 'UP' : 'DOWN', master: null, peer: null }
}

/** Returns a namespace's loopback device; without IPv6 it has only the one address. */
export function makeLoopback(withSix: boolean): Interface {
  const six: InterfaceAddress = { family: 6, address: '::1', prefixLength: 128, scope: 'host', primary: true }
  return {
    index: 1,
    name: 'lo',
    kind: 'loopback',
    mac: '00:00:00:00:00:00',
    mtu: 65536,
    up: true,
    carrier: true,
    operState: 'UNKNOWN',
    master: null,
    addresses: [
      { family: 4, address: '127.0.0.1', prefixLength: 8, scope: 'host', primary: true },
      ...(withSix ? [six] : []),
    ],
    peer: null,
  }
}

/** Returns a device's address as `ip addr` has it; IPv4 gets the subnet's broadcast address. */
export function makeAddress(address: string, length: number, primary = true): InterfaceAddress {
  const family = familyOf(address)
  const value = {
    family,
    address: formatValue(family, toValue(address)),
    prefixLength: length,
    scope: 'global',
    primary,
  } as const
  if (family === 6 || length > 30) return value
  return { ...value, broadcast: formatValue(4, toRange(`${address}/${length}`).last) }
}

/** Returns the address that a device with a carrier has by itself. */
export function makeLinkLocal(mac: string): InterfaceAddress {
  return { family: 6, address: linkLocalAddress(mac), prefixLength: 64, scope: 'link', primary: true }
}
