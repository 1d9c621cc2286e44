import type { HookRun } from '../../hook-run.ts'
import { DEVICE, TEXT } from '../datatype.ts'
import { type ReadResult, unknown } from '../value.ts'
import type { Selector } from './selector.ts'

/** The answer of `fib ... oif` where there is no such route: the index 0 and the empty name. */
export const NO_DEVICE = ''

/**
 * Returns `fib daddr type`, `fib saddr . iif oif`: what routing says of an address (linux:net/ipv4/netfilter/
 * nft_fib_ipv4.c, net/ipv6/netfilter/nft_fib_ipv6.c). Null for what is not known.
 */
export function selectFib(result: string, flags: readonly string[]): Selector | null {
  const known = flags.every((flag) => ['saddr', 'daddr', 'mark', 'iif', 'oif'].includes(flag))
  if (!known || flags.includes('saddr') === flags.includes('daddr')) return null
  switch (result) {
    case 'type':
      return { type: TEXT, read: (run) => addressType(run, flags) }
    case 'oif':
    case 'oifname':
    case 'check':
      return { type: DEVICE, read: (run) => routeDevice(run, flags) }
    default:
      return null
  }
}

/** `iif` and `oif` restrict the question to that device. */
function deviceOf(run: HookRun, flags: readonly string[]): string | null {
  const name = flags.includes('iif') ? run.input.inDevice : flags.includes('oif') ? run.input.outDevice : ''
  return name === '' ? null : name
}

function addressType(run: HookRun, flags: readonly string[]): ReadResult {
  const { family, src, dst } = run.input.packet
  const type = run.input.fib.addressType(family, flags.includes('saddr') ? src : dst, deviceOf(run, flags))
  return type.toLowerCase()
}

function routeDevice(run: HookRun, flags: readonly string[]): ReadResult {
  const { input } = run
  const { family, src, dst } = input.packet
  // What arrives by loopback is not looked up.
  if (input.hook === 'prerouting' && input.inDevice === 'lo') return 'lo'
  const reverse = flags.includes('saddr')
  const [destination, source] = reverse ? [src, dst] : [dst, src]
  if (family === 6 && reverse && src === '::') return unknown('the way back to an unspecified address')
  if (input.fib.routeDevice === undefined) return unknown('a route lookup')
  const mark = flags.includes('mark') ? input.mark : 0
  // An answer to a forwarded packet would come in where the packet leaves.
  const cameIn = reverse && input.hook === 'forward' && flags.includes('iif') ? input.outDevice : ''
  const found = input.fib.routeDevice({
    family,
    destination,
    source,
    mark,
    inDevice: cameIn,
    device: deviceOf(run, flags),
  })
  return found.kind === 'unknown' ? unknown(found.what) : found.kind === 'none' ? NO_DEVICE : found.name
}
