import type { NameAnswer } from '../../core/host/host-state.ts'
import { parseNameAnswer } from '../../core/parse/name-answer.ts'
import type { Frame } from '../../core/parse/frames.ts'
import type { NameQuestion, Probe } from '../probe/probe.ts'

/** A name to be asked for from one namespace, of the name servers in its resolver file in their order. */
export interface Lookup {
  readonly namespace: string
  readonly pid: number
  readonly name: string
  readonly servers: readonly string[]
}

/** Answers a lookup. Rejects only when the helper cannot be used. */
export type Resolver = (lookup: Lookup, signal?: AbortSignal) => Promise<NameAnswer>

/** The C library asks no more than three (resolv.h, MAXNS). */
const mostServers = 3

interface Waiting {
  readonly lookup: Lookup
  readonly resolve: (answer: NameAnswer) => void
  readonly reject: (error: unknown) => void
}

/** Returns a resolver over a probe that puts all lookups of one moment into one exec. */
export function createResolver(probe: Probe): Resolver {
  let waiting: Waiting[] = []
  const flush = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    try {
      const frames = await probe.ask(batch.flatMap(({ lookup }) => questionsOf(lookup)))
      for (const { lookup, resolve } of batch) resolve(answerOf(lookup, frames.value))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  return (lookup, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new Error('cancelled'))
      const abort = (): void => settle(() => reject(new Error('cancelled')))
      // The signal may be that of a whole program: what listens to it must not stay.
      const settle = (tell: () => void): void => {
        signal?.removeEventListener('abort', abort)
        tell()
      }
      signal?.addEventListener('abort', abort)
      if (waiting.length === 0) setImmediate(() => void flush())
      const told = (answer: NameAnswer): void => settle(() => resolve(answer))
      waiting.push({ lookup, resolve: told, reject: (error) => settle(() => reject(error)) })
    })
}

function questionsOf({ pid, name, servers }: Lookup): readonly NameQuestion[] {
  return servers.slice(0, mostServers).map((server) => ({ pid, name, server }))
}

/**
 * Takes the answer that the C library would: that of the first server which answers at all; a server that refuses or
 * fails is passed over for the next one (resolv/res_send.c). Without any server nobody answers.
 */
function answerOf(lookup: Lookup, frames: readonly Frame[]): NameAnswer {
  const { namespace, name } = lookup
  const answers = questionsOf(lookup).map(({ pid, server }) => {
    const command = `ask:${name}:${server}`
    const frame = frames.find((one) => one.namespace === String(pid) && one.command === command)
    return parseNameAnswer(frame?.output ?? '', { namespace, name, server })
  })
  const final = answers.find(({ status }) => status === 'NOERROR' || status === 'NXDOMAIN')
  return final ?? answers.at(-1) ?? { namespace, name, server: '', status: 'TIMEOUT', addresses: [] }
}
