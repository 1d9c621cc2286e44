import type { Disposition } from '../core/trace/disposition.ts'
import type { FailureCode } from '../protocol/contract.ts'
import { arrives } from './print/describe-disposition.ts'

/** Exit statuses; docs/command-line.md tells them to the user. `interrupted` is what a shell makes of SIGINT. */
export const EXIT = {
  arrived: 0,
  stopped: 1,
  usage: 2,
  engine: 3,
  /** A live trace saw something else than was predicted. */
  differs: 4,
  internal: 70,
  interrupted: 130,
} as const

/** 0 for delivered and leaves-host, 1 for any other fate. */
export function exitForDisposition(disposition: Disposition): number {
  return arrives(disposition) ? EXIT.arrived : EXIT.stopped
}

/** The status of a failure: 2 where the user's words or file are at fault, 3 where the engine or the probe is. */
export function exitForFailure(code: FailureCode): number {
  switch (code) {
    case 'bad-params':
    case 'unknown-endpoint':
    case 'unknown-name':
    case 'bad-flow':
    case 'unreadable-file':
    case 'not-managed':
      return EXIT.usage
    case 'engine-unreachable':
    case 'engine-too-old':
    case 'engine-denied':
    case 'probe-failed':
    case 'helper-refused':
    case 'engine-refused':
      return EXIT.engine
    case 'cancelled':
      return EXIT.interrupted
    case 'unknown-method':
    case 'disconnected':
    case 'internal':
      return EXIT.internal
    default:
      return code satisfies never
  }
}
