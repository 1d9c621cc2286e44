import { DEVICE, NUMBER } from '../datatype.ts'
import { MISSING } from '../value.ts'
import type { Selector } from './selector.ts'

/**
 * Returns `rt type`, `exthdr hbh exists`: no traced packet carries an extension header. Of fragments that is not so, and null
 * is returned.
 */
export function selectExtensionHeader(name: string, field: string | null): Selector | null {
  if (name === 'frag') return null
  if (field !== null) return { type: NUMBER, read: () => MISSING }
  // Whether a header exists is asked as whether there is a device: the empty word is none.
  return { type: DEVICE, read: (run) => (run.family === 'ip6' ? '' : MISSING) }
}
