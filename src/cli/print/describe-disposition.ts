import type { Disposition } from '../../core/trace/disposition.ts'
import type { Glyphs, Role } from './style.ts'

/** A disposition in words, for the closing line. */
export function describeDisposition(disposition: Disposition): string {
  switch (disposition) {
    case 'delivered':
      return 'delivered'
    case 'leaves-host':
      return 'leaves the host'
    case 'dropped':
      return 'dropped'
    case 'rejected':
      return 'rejected'
    case 'no-route':
      return 'no route'
    case 'neighbor-unreachable':
      return 'neighbour unreachable'
    case 'nothing-listening':
      return 'nothing is listening'
    case 'loop':
      return 'goes in a loop'
    case 'ttl-exceeded':
      return 'its TTL runs out'
    case 'too-big':
      return 'too big'
    case 'cannot-tell':
      return 'cannot tell'
    default:
      return disposition satisfies never
  }
}

/** Whether the packet arrived, as far as this host can tell; it is what exit status 0 means. */
export function arrives(disposition: Disposition): boolean {
  return disposition === 'delivered' || disposition === 'leaves-host'
}

/** The sign and the colour of a disposition. */
export function signOf(disposition: Disposition, glyphs: Glyphs): { readonly sign: string; readonly role: Role } {
  if (arrives(disposition)) return { sign: glyphs.good, role: 'good' }
  return disposition === 'cannot-tell' ? { sign: glyphs.unsure, role: 'warn' } : { sign: glyphs.bad, role: 'bad' }
}
