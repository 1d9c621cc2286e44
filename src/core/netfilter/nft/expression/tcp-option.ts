import { hasTcpOptions } from '../../match/tcp-option.ts'
import { DEVICE, NUMBER } from '../datatype.ts'
import { MISSING, unknown } from '../value.ts'
import type { Selector } from './selector.ts'

/** Returns `tcp option maxseg exists` or one of its fields: a bare header has none, and what others carry is not known. */
export function selectTcpOption(field: string | null): Selector {
  // Whether an option exists is asked as whether there is a device: the empty word is none.
  const none = field === null ? '' : MISSING
  return {
    type: field === null ? DEVICE : NUMBER,
    read: ({ input: { packet } }) =>
      packet.protocol === 'tcp' && hasTcpOptions(packet) ? unknown('which options the TCP segment carries') : none,
  }
}
