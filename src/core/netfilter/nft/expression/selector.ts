import type { Datatype } from '../datatype.ts'
import type { Reader } from '../value.ts'

/** Something of a packet, ready to be read, and what the words mean that it is compared with. */
export interface Selector {
  readonly type: Datatype
  readonly read: Reader
}
