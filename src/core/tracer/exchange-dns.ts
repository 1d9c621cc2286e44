import type { Exchange } from '../trace/trace-report.ts'
import type { Disposition } from '../trace/disposition.ts'
import { converse, type Sender } from './converse.ts'
import { makeQuestion } from './make-question.ts'
import { pickQuestionPort } from './pick-source-port.ts'
import type { NameQuestion } from './plan-lookup.ts'
import type { Source } from './resolve-source.ts'
import type { World } from './world.ts'

/** From this engine on a question that nobody answered is answered with SERVFAIL, and NXDOMAIN ends the search for a server. */
const SERVFAIL_SINCE = 23

/** An A question for a name: 20 bytes of IP, 8 of UDP, 12 of DNS, the name with its length bytes and root, type, class. */
function questionLength(name: string): number {
  return 20 + 8 + 12 + name.length + 2 + 4
}

/** The DNS exchanges before a flow. `lost` is the one that keeps the sender from learning the address, or null. */
export interface NameExchanges {
  readonly exchanges: readonly Exchange[]
  readonly lost: Exchange | null
}

/** One asker and its question; `offset` keeps the source ports of a report apart. */
interface Asking {
  readonly world: World
  readonly sender: Sender
  readonly name: string
  readonly label: string
  readonly offset: number
}

/**
 * Returns the DNS exchanges that come before a flow to a name, in the order in which they begin: each question of the
 * sender's resolver, and behind each those that dockerd passes on. Only the first try is shown: resolvers repeat a question
 * that gets no answer. A machine outside resolves names where Hopwire does not see it.
 */
export function exchangeDns(world: World, source: Source, questions: readonly NameQuestion[]): NameExchanges {
  if (source.kind === 'outside') return { exchanges: [], lost: null }
  const sender: Sender = { kind: 'inside', ns: source.ns, bound: false, by: source.label }
  const all: Exchange[] = []
  let lost: Exchange | null = null
  for (const question of questions) {
    const asked = askQuestion(world, sender, question, all.length)
    all.push(...asked.exchanges)
    lost = asked.lost
    if (asked.lost?.forward.disposition === 'nothing-listening') break
  }
  for (const exchange of all) warnUnanswered(world, exchange)
  return { exchanges: all, lost }
}

function askQuestion(world: World, sender: Sender, question: NameQuestion, offset: number): NameExchanges {
  const { name, servers, status } = question
  const label = labelOf(question)
  const exchanges: Exchange[] = []
  let lost: Exchange | null = null
  for (const [index, server] of servers.entries()) {
    const last = index === servers.length - 1
    const asked = ask({ world, sender, name, label, offset: offset + index }, server)
    const own = asked.find(isMain)
    // The record says that the servers before the last one gave no answer that counts.
    const silent = (!last || status === 'TIMEOUT') && question.upstreams.length === 0
    const broken = own !== undefined && isBroken(own)
    exchanges.push(...asked.map((each) => (each === own && silent && !broken ? { ...each, reply: null } : each)))
    if (broken) lost ??= own
    else if (!silent) lost = null
  }
  if (question.upstreams.length === 0 || lost !== null) return { exchanges, lost }
  return askUpstreams(world, sender, question, exchanges, offset + servers.length)
}

function labelOf({ name, status, addresses }: NameQuestion): string {
  if (addresses.length > 0) return `DNS ${name}`
  return `DNS ${name}: ${status === 'NOERROR' ? 'no address' : status === 'TIMEOUT' ? 'no answer' : status}`
}

/** dockerd asks its servers one after the other, each for four seconds, until one gives an answer that counts. */
function askUpstreams(
  world: World,
  client: Sender,
  question: NameQuestion,
  before: readonly Exchange[],
  offset: number,
): NameExchanges {
  const { name, status, upstreams } = question
  const modern = world.host.state.engine.generation === 0 || world.host.state.engine.generation >= SERVFAIL_SINCE
  const behind: Exchange[] = []
  let lost: Exchange | null = null
  let answered = false
  for (const { server, fromHost } of upstreams) {
    const ns = fromHost ? world.host.root : client.ns
    const sender: Sender = { kind: 'inside', ns, bound: false, by: 'dockerd' }
    const label = `DNS ${name} (dockerd asks ${server})`
    const asked = ask({ world, sender, name, label, offset: offset + behind.length }, server)
    const own = asked.find(isMain)
    const broken = own !== undefined && isBroken(own)
    const silent = status === 'TIMEOUT' && !broken
    behind.push(...asked.map((each) => (each === own && silent ? { ...each, reply: null } : each)))
    if (broken) lost ??= own
    answered = !broken && !silent
    if (answered && (status === 'NOERROR' || (modern && status === 'NXDOMAIN'))) break
  }
  if (answered && upstreams.length > 1) warnWhoAnswered(world, question)
  const spoken = answered || modern
  const exchanges = before.map((each) => (isDns(each) && !spoken ? { ...each, reply: null } : each))
  return { exchanges: [...exchanges, ...behind], lost: answered ? null : lost }
}

/** The answer that the sender got bears dockerd's address alone. */
function warnWhoAnswered(world: World, { name, upstreams }: NameQuestion): void {
  const list = upstreams.map(({ server }) => server).join(', ')
  world.warnings.add(
    `dockerd has ${upstreams.length} name servers (${list}) and does not say which one answered for ${name}: the first whose way is open is taken here.`,
  )
}

const isDns = (exchange: Exchange): boolean => exchange.protocol === 'dns'

/** Within `ask`: the question itself, not the ARP before it or what is said about its answer. */
const isMain = (exchange: Exchange): boolean => exchange.protocol === 'dns' && exchange.label.startsWith('DNS ')

const ARRIVES: readonly Disposition[] = ['delivered', 'leaves-host', 'cannot-tell']

/** Tells whether the question or its answer surely does not arrive. */
function isBroken({ forward, reply }: Exchange): boolean {
  if (!ARRIVES.includes(forward.disposition)) return true
  return reply !== null && !ARRIVES.includes(reply.disposition)
}

function ask({ world, sender, name, label, offset }: Asking, server: string): readonly Exchange[] {
  const packet = makeQuestion(sender.ns.netns, {
    protocol: 'udp',
    src: null,
    dst: server,
    sourcePort: pickQuestionPort(world.host, sender.ns, offset),
    destinationPort: 53,
    length: questionLength(name),
  })
  const why = `${sender.by} asks ${server} for the address of ${name}.`
  return converse(world, { sender, packet, label, protocol: 'dns', main: false, why })
}

function warnUnanswered(world: World, exchange: Exchange): void {
  if (
    !isDns(exchange) ||
    exchange.forward.disposition === 'delivered' ||
    exchange.forward.disposition === 'leaves-host'
  )
    return
  const { disposition, reason } = exchange.forward
  world.warnings.add(`The question "${exchange.label}" gets no answer now (${disposition}): ${reason}`)
}

/**
 * Returns the exchanges with the lost question as the one that decides, since nothing else is sent; null where the question
 * arrives and it is its answer that is lost, for which a disposition of the question would be no word.
 */
export function endWithQuestion({ exchanges, lost }: NameExchanges, source: Source): readonly Exchange[] | null {
  if (lost === null || ARRIVES.includes(lost.forward.disposition)) return null
  const reason = `${source.label} gets no address and sends nothing more. ${lost.forward.reason}`
  const main: Exchange = { ...lost, main: true, forward: { ...lost.forward, reason } }
  return exchanges.map((each) => (each === lost ? main : each))
}
