import { DISPOSITIONS } from '../../core/trace/disposition.ts'
import { readEnd } from './read-end.ts'
import { FieldReader } from './field-reader.ts'
import type { CheckSpec, PageProblem, PublishedCheck, TraceCheck } from './lab-page.ts'
import type { YamlEntry } from './read-yaml-block.ts'

/** What a trace may come to, and why it may not be asked. */
const ENDS: readonly string[] = [
  ...DISPOSITIONS.filter((disposition) => disposition !== 'cannot-tell'),
  'unknown-name',
  'unknown-endpoint',
]

/** Reads one check; null where it cannot be understood, and the problems say why. */
export function readCheck(entry: YamlEntry, problems: PageProblem[]): CheckSpec | null {
  const fields = new FieldReader(entry, problems)
  const before = problems.length
  const text = fields.text('text')
  if (!/[.?!]$/.test(text)) fields.problem('"text" must be a sentence')
  const asked = fields.maybeFlag('asked') === true
  const once = fields.maybeFlag('once') === true || asked
  const check = readKind(fields, asked)
  fields.end()
  return check === null || problems.length > before ? null : { text, once, ...check }
}

type Bare = CheckSpec extends infer C ? (C extends CheckSpec ? Omit<C, 'text' | 'once'> : never) : never

function readKind(fields: FieldReader, asked: boolean): Bare | null {
  if (fields.has('trace')) return readTrace(fields, asked)
  if (asked) fields.problem('only a trace can be asked')
  const absent = fields.maybeFlag('absent') === true
  if (fields.has('network')) {
    const name = fields.text('network')
    return {
      kind: 'network',
      name,
      absent,
      driver: fields.maybeText('driver'),
      internal: fields.maybeFlag('internal'),
    }
  }
  if (fields.has('published')) return readPublished(fields)
  if (fields.has('container')) {
    return {
      kind: 'container',
      name: fields.text('container'),
      absent,
      running: fields.maybeFlag('running'),
      on: fields.texts('on'),
      notOn: fields.texts('not-on'),
      alias: fields.maybeText('alias'),
      mode: fields.maybeText('mode'),
      publishes: fields.maybeFlag('publishes'),
    }
  }
  if (fields.has('name')) {
    const resolves = fields.maybeFlag('resolves') !== false
    return {
      kind: 'name',
      name: fields.text('name'),
      from: fields.text('from'),
      resolves,
      addresses: fields.maybeNumber('addresses'),
    }
  }
  if (fields.has('chain')) return { kind: 'rule', chain: fields.text('chain'), has: fields.pattern('has'), absent }
  if (fields.has('device'))
    return { kind: 'device', device: fields.text('device'), address: fields.maybeText('address') }
  fields.problem('a check is about a trace, network, container, published, name, chain or device')
  return null
}

function readTrace(fields: FieldReader, asked: boolean): TraceCheck | null {
  const line = fields.text('trace')
  const [, from, to] = /^(\S+)\s*->\s*(\S.*)$/.exec(line) ?? []
  const protocol = (fields.maybeText('proto') ?? 'icmp') as 'icmp' | 'tcp' | 'udp'
  if (!['icmp', 'tcp', 'udp'].includes(protocol)) fields.problem('"proto" must be icmp, tcp or udp')
  const is = fields.text('is')
  const [, not, words = ''] = /^(not )?(.*)$/.exec(is) ?? []
  const wanted = words.split('|').map((word) => word.trim())
  const wrong = wanted.find((word) => !ENDS.includes(word))
  if (wrong !== undefined) fields.problem(`"is": there is no end called "${wrong}"`)
  const rest = {
    is: wanted,
    isNot: not !== undefined,
    because: fields.pattern('because'),
    meets: fields.texts('meets'),
    avoids: fields.texts('avoids'),
    asked,
  }
  if (from === undefined || to === undefined) {
    fields.problem('"trace" must be FROM -> TO')
    return null
  }
  const end = readEnd(to)
  if (protocol !== 'icmp' && end.port === null) fields.problem('"trace" needs a port: TO:PORT')
  const flow = { from, to: end.to, protocol, ...(end.port === null ? {} : { destinationPort: end.port }) }
  return { kind: 'trace', flow, ...rest }
}

function readPublished(fields: FieldReader): PublishedCheck | null {
  const ports = fields.text('published')
  const [, hostPort, containerPort] = /^(\d+)->(\d+)$/.exec(ports) ?? []
  const address = fields.maybeText('address')
  if (hostPort !== undefined && containerPort !== undefined)
    return { kind: 'published', hostPort: Number(hostPort), containerPort: Number(containerPort), address }
  fields.problem('"published" must be HOSTPORT->PORT')
  return null
}
