import type { Exchange } from '../trace/trace-report.ts'
import { converse, type Sender } from './converse.ts'
import { makeQuestion } from './make-question.ts'
import { pickSourcePort } from './pick-source-port.ts'
import type { NameLookup } from './resolve-target.ts'
import type { Source } from './resolve-source.ts'
import type { World } from './world.ts'

/** An A question for a name: 20 bytes of IP, 8 of UDP, 12 of DNS, the name with its length bytes and root, type, class. */
function questionLength(name: string): number {
  return 20 + 8 + 12 + name.length + 2 + 4
}

/**
 * Returns the DNS exchanges that come before a flow to a name: the question to the sender's own server, and the one that
 * dockerd passes on for a name that is no container's. A machine outside resolves names where Hopwire does not see it.
 */
export function exchangeDns(world: World, source: Source, lookup: NameLookup): readonly Exchange[] {
  if (source.kind === 'outside') return []
  const sender: Sender = { kind: 'inside', ns: source.ns, bound: false, by: source.label }
  const asked = ask(world, sender, lookup.server, lookup.name, `DNS ${lookup.name}`, 0)
  if (lookup.upstream === null) return asked
  const { server, fromHost } = lookup.upstream
  const ns = fromHost ? world.host.root : source.ns
  const dockerd: Sender = { kind: 'inside', ns, bound: false, by: 'dockerd' }
  return [...asked, ...ask(world, dockerd, server, lookup.name, `DNS ${lookup.name} (dockerd asks ${server})`, 1)]
}

function ask(
  world: World,
  sender: Sender,
  server: string,
  name: string,
  label: string,
  offset: number,
): readonly Exchange[] {
  const packet = makeQuestion(sender.ns.netns, {
    protocol: 'udp',
    src: null,
    dst: server,
    sourcePort: pickSourcePort(world.host, sender.ns, 'udp') + 5000 + offset,
    destinationPort: 53,
    length: questionLength(name),
  })
  const why = `${sender.by} asks ${server} for the address of ${name}.`
  const exchanges = converse(world, { sender, packet, label, protocol: 'dns', main: false, why })
  for (const exchange of exchanges) warnUnanswered(world, exchange, name)
  return exchanges
}

function warnUnanswered(world: World, exchange: Exchange, name: string): void {
  if (exchange.protocol !== 'dns') return
  const { disposition, reason } = exchange.forward
  if (disposition === 'delivered' || disposition === 'leaves-host') return
  world.warnings.add(`The DNS question for ${name} gets no answer now (${disposition}): ${reason}`)
}
