import type { PacketIdentity } from '../../core/observe/observation.ts'
import type { WatchPlan } from '../live/watch-plan.ts'

/** What one live trace sends, as far as it can be recognised; see `ProbeIdentity`. */
interface OwnProbe {
  readonly cookie: string
  readonly isn: number
}

/** How long after the end of a trace, or of a question, its packets may still be under way to us, in milliseconds. */
const LINGER = 3000

/** How much of a probe's connection is its own: see match-probe.ts. */
const WINDOW = 0xffff

/** Half of the cookie: what a DNS question has of it as its id. */
const ID_DIGITS = 4

/**
 * Knows the packets that this Hopwire sends itself: probes of live traces, and questions for name servers. Those of another
 * one cannot be told from anybody's.
 */
export class OwnPackets {
  readonly #probes = new Map<OwnProbe, number>()
  readonly #names = new Map<Buffer, number>()

  constructor(private readonly clock: () => number = () => performance.now()) {}

  /** Takes a probe for ours until a while after the returned function is called. */
  noteProbe(plan: WatchPlan): () => void {
    const words = new Map(plan.send?.words.map((word) => splitWord(word)))
    const cookie = words.get('cookie')
    if (cookie === undefined) return () => undefined
    return this.#note(this.#probes, { cookie, isn: Number(words.get('isn')) })
  }

  /** The same of a question for a name. */
  noteName(name: string): () => void {
    return this.#note(this.#names, encodeName(name))
  }

  #note<T>(known: Map<T, number>, value: T): () => void {
    known.set(value, Number.POSITIVE_INFINITY)
    return () => void known.set(value, this.clock() + LINGER)
  }

  /** Whether packets need a look at all. */
  get isActive(): boolean {
    if (this.#probes.size === 0 && this.#names.size === 0) return false
    const now = this.clock()
    for (const known of [this.#probes, this.#names] as readonly Map<unknown, number>[])
      for (const [value, until] of known) if (until < now) known.delete(value)
    return this.#probes.size > 0 || this.#names.size > 0
  }

  /** Tells whether a packet is ours; `bytes` are all that was kept of it. */
  isOwn(protocol: string, identity: PacketIdentity, bytes: Uint8Array): boolean {
    for (const probe of this.#probes.keys()) if (isOf(probe, protocol, identity)) return true
    if (protocol !== 'udp' || this.#names.size === 0) return false
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (const name of this.#names.keys()) if (buffer.includes(name)) return true
    return false
  }
}

function isOf({ cookie, isn }: OwnProbe, protocol: string, identity: PacketIdentity): boolean {
  const { payload, tcpSequence, tcpAcknowledgement } = identity
  const within = (number: number | undefined): boolean =>
    number !== undefined && number >= isn && number - isn <= WINDOW
  if (protocol === 'tcp') return within(tcpSequence) || within(tcpAcknowledgement)
  if (payload === undefined) return false
  return payload.startsWith(cookie) || (protocol === 'udp' && payload.startsWith(cookie.slice(0, ID_DIGITS)))
}

function splitWord(word: string): readonly [string, string] {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}

/** As it stands in a question: each label after its length, without the end, which a search domain may follow. */
function encodeName(name: string): Buffer {
  const labels = name.replace(/\.$/, '').split('.')
  return Buffer.concat(labels.map((label) => Buffer.concat([Buffer.from([label.length & 63]), Buffer.from(label)])))
}
