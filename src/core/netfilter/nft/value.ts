import type { HookRun } from '../hook-run.ts'

/**
 * What a register holds: a number (addresses of IPv4, ports, marks, bits), a bigint (addresses of IPv6) or a word (device
 * names, MACs, types of addresses).
 */
export type NftValue = number | bigint | string

/** The packet does not have it: the rule does not match, negated or not (linux: NFT_BREAK). */
export const MISSING = Symbol('missing')

/** It cannot be told; `what` says what. */
export interface Unknown {
  readonly unknown: string
}

export type ReadResult = NftValue | typeof MISSING | Unknown

/** Reads something of the packet that a rule looks at. */
export type Reader = (run: HookRun) => ReadResult

/** Tells whether a result is one that cannot be told. */
export function isUnknown(result: unknown): result is Unknown {
  return typeof result === 'object' && result !== null && 'unknown' in result
}

/** Returns a result that cannot be told. */
export function unknown(what: string): Unknown {
  return { unknown: what }
}

/** Returns the bits of a value that is to be combined with others, of 32 bits or of 128. */
export function combine(operator: '&' | '|' | '^' | '<<' | '>>', left: NftValue, right: NftValue): NftValue | null {
  if (typeof left === 'string' || typeof right === 'string') return null
  if (typeof left === 'bigint' || typeof right === 'bigint') return combineLong(operator, BigInt(left), BigInt(right))
  switch (operator) {
    case '&':
      return (left & right) >>> 0
    case '|':
      return (left | right) >>> 0
    case '^':
      return (left ^ right) >>> 0
    case '<<':
      return right > 31 ? 0 : (left << right) >>> 0
    case '>>':
      return right > 31 ? 0 : left >>> right
    default:
      return operator satisfies never
  }
}

function combineLong(operator: '&' | '|' | '^' | '<<' | '>>', left: bigint, right: bigint): bigint | null {
  switch (operator) {
    case '&':
      return left & right
    case '|':
      return left | right
    case '^':
      return left ^ right
    case '<<':
    case '>>':
      return null
    default:
      return operator satisfies never
  }
}
