import { type IpValue, parseAddress } from '../net/address.ts'
import { type Prefix, parsePrefix, prefixContains } from '../net/prefix.ts'

/** A prefix in numbers, with its length (mask with holes: 0, which no route has). */
export interface CompiledPrefix {
  readonly prefix: Prefix
  readonly length: number
}

/** Returns a prefix in numbers. Throws on text that is none: a host state was checked before it comes here. */
export function compilePrefix(text: string): CompiledPrefix {
  const prefix = parsePrefix(text)
  if (prefix === null) throw new Error(`not a prefix: ${text}`)
  return { prefix, length: prefix.length ?? 0 }
}

/** Returns the number of an address. Throws on text that is none: a host state was checked before it comes here. */
export function toBits(text: string): IpValue {
  const address = parseAddress(text)
  if (address === null) throw new Error(`not an address: ${text}`)
  return address.value
}

/** Tells whether an address lies in a prefix. */
export function contains(compiled: CompiledPrefix, bits: IpValue): boolean {
  return prefixContains(compiled.prefix, bits)
}
