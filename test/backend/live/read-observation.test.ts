import { describe, expect, it } from 'vitest'
import { planProbe } from '../../../src/backend/live/plan-watch.ts'
import { makeIdentity } from '../../../src/backend/live/probe-identity.ts'
import { readObservation } from '../../../src/backend/live/read-observation.ts'
import type { HostState } from '../../../src/core/host/host-state.ts'
import type { Frame } from '../../../src/core/parse/frames.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { readStandardHost } from '../../support/scripted-source.ts'

const state = readStandardHost()
const traced = traceFlow(state, { from: 'c1', to: 'c2', protocol: 'icmp' })
if (!traced.ok) throw new Error(traced.problem.message)
const [host, c1] = ['host', 'container:c1'].map((name) => state.namespaces.find((one) => one.name === name))
if (host === undefined || c1 === undefined) throw new Error('not the standard host')
const probe = { kind: 'icmp', identity: makeIdentity(), sender: c1, from: null, name: null } as const
const watch = planProbe(state, traced.report, probe, 5000)

const frame = (namespace: string, command: string, rest: Partial<Frame> = {}): Frame => ({
  namespace,
  command,
  exit: 0,
  output: '',
  error: '',
  ...rest,
})
/** As watch-tools.pl writes it. */
const CUT_SHORT = '\ncut short: it was telling still\n'
const LISTENING = 'tcpdump: listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 512 bytes\n'
const good = watch.plan.namespaces.flatMap(({ inode }) => [
  frame(inode, 'tcpdump', { output: 'd4c3b2a1', error: LISTENING }),
  frame(inode, 'nft', { exit: 137, output: 'trace id 1 ip filter FORWARD policy accept \n' }),
  frame(inode, 'link', { output: '[{"ifindex":77,"ifname":"late0"}]' }),
])
const others = [
  frame('0', 'drops', { output: '1795222956349057\n# tracer: nop\n', error: 'ready\n' }),
  frame('0', 'sender', { output: '{"outcome":"reply","detail":"","roundTrip":215.0}\n' }),
]
const instead = (replaced: Frame): readonly Frame[] => [
  ...[...good, ...others].filter(
    ({ namespace, command }) => namespace !== replaced.namespace || command !== replaced.command,
  ),
  replaced,
]
const read = (frames: readonly Frame[], of: HostState = state) => readObservation(of, watch, frames)
const lacksOf = (frames: readonly Frame[], of?: HostState) => read(frames, of).namespaces.flatMap(({ lacks }) => lacks)

describe('what a watch printed', () => {
  it('is taken by namespace, and lacks nothing when all went well', () => {
    const raw = read([...good, ...others])
    expect(raw.namespaces.map(({ netns }) => netns).sort()).toEqual(['container:c1', 'container:c2', 'host'])
    expect(raw.namespaces.flatMap(({ lacks }) => lacks)).toEqual([])
    expect(raw.namespaces[0]?.pcap).toEqual(Buffer.from('d4c3b2a1', 'hex'))
    expect(raw.namespaces[0]?.devices).toMatchObject({ 77: 'late0', 1: 'lo' })
    expect(raw.drops).toEqual({ clockOffset: 1_795_222_956_349_057, text: '# tracer: nop\n' })
    expect(raw.sender).toEqual({ outcome: 'reply', detail: '', roundTrip: 215 })
  })

  it.each([
    [
      'tcpdump',
      {
        exit: 1,
        error:
          "tcpdump: any: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)\n",
      },
      'frames',
      "packets cannot be captured: You don't have permission to perform this capture on that device (socket: Operation not permitted) (the helper needs the capability NET_RAW for it)",
    ],
    ['tcpdump', { error: `${LISTENING}3 packets dropped by kernel\n` }, 'frames', 'has lost 3 packets'],
    ['tcpdump', { error: `${LISTENING}${CUT_SHORT}` }, 'frames', 'the last packets are missing'],
    ['nft', { exit: 137, error: CUT_SHORT }, 'rules', 'the last rules that were met are missing'],
    [
      'nft',
      { exit: 137, error: 'Error: Could not process rule: Operation not supported\n' },
      'rules',
      'Operation not supported',
    ],
    [
      'nft',
      {
        exit: 137,
        error:
          'Cannot read termcap database;\nusing dumb terminal settings.\nOperation not permitted (you must be root)\nnetlink: Error: cache initialization failed: Operation not permitted\n',
      },
      'rules',
      'cache initialization failed: Operation not permitted (the helper needs the capability NET_ADMIN for it)',
    ],
    [
      'nft',
      {
        exit: 137,
        error:
          'Error: unknown table option owner\nadd table inet hopwire_1 { flags owner; }\n                                ^^^^^\nError: No such file or directory\nadd chain inet hopwire_1 probe\n',
      },
      'rules',
      'unknown table option owner (nft 0.9.9 and Linux 5.12 are the first with tables that have an owner)',
    ],
    ['nft', { exit: 139 }, 'rules', 'exit status 139'],
    [
      'nft',
      { exit: 137, output: '# ERROR: We lost some netlink events!\n' },
      'rules',
      'some rules that were met are missing',
    ],
    [
      'nft',
      { exit: 77, error: 'enter: it cannot be entered: Operation not permitted\n' },
      'namespace',
      'cannot be entered: Operation not permitted (the helper needs the capability SYS_ADMIN for it)',
    ],
    [
      'tcpdump',
      { exit: 77, error: 'enter: the process that it was known by has ended\n' },
      'namespace',
      'this namespace cannot be watched: the process that it was known by has ended',
    ],
  ] as const)('without %s (%o) lacks %s', (command, rest, what, why) => {
    const lacks = lacksOf(instead(frame(host.id, command, rest)))
    expect(lacks).toEqual([{ what, why: expect.stringContaining(why) as string }])
  })

  it('goes on without drop reasons, and says so', () => {
    const frames = instead(frame('0', 'drops', { exit: 1, error: 'tracefs cannot be mounted: No such device\n' }))
    expect(read(frames).drops).toBeNull()
    expect(lacksOf(frames)).toEqual([
      { what: 'drop-reasons', why: 'drop reasons are not told: tracefs cannot be mounted: No such device' },
    ])
  })

  it('says of counters that they cannot be read where rules are told by nothing else', () => {
    const words =
      'iptables-nft-save v1.8.11 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)\n'
    const save = frame(host.id, 'save:ip:before', { exit: 4, error: words })
    expect(lacksOf([...good, ...others, save])).toEqual([])
    const lacks = lacksOf([...instead(frame(host.id, 'nft', { exit: 139 })), save])
    expect(lacks.map(({ what }) => what)).toEqual(['rules', 'counters'])
    expect(lacks[1]?.why).toContain('Could not fetch rule set generation id: Permission denied')
  })

  it('says of legacy rules that they cannot be traced', () => {
    const tables = (host.rulesets.iptables ?? []).map((table) => ({ ...table, backend: 'legacy' }) as const)
    const legacy = { ...host, rulesets: { ...host.rulesets, iptables: tables } }
    const of = { ...state, namespaces: [legacy, ...state.namespaces.slice(1)] }
    const saves = ['before', 'after'].map((when) => frame(host.id, `save:legacy-ip:${when}`, { output: when }))
    const frames = [...good, ...others, ...saves]
    expect(lacksOf(frames, of)).toEqual([{ what: 'rules', why: expect.stringContaining('iptables-legacy') as string }])
    expect(read(frames, of).namespaces[0]?.saves).toEqual([
      { family: 'ip', backend: 'legacy', before: 'before', after: 'after' },
    ])
  })

  it.each([
    [{ exit: 77, error: 'enter: the process that it was known by has ended\n' }, 'has ended'],
    [
      {
        output:
          '{"outcome":"unable","detail":"no socket can be opened for it: Operation not permitted","roundTrip":null}\n',
        error: 'asked\n',
      },
      'Operation not permitted (the helper needs the capability NET_RAW for it)',
    ],
  ] as const)('tells a sender that could not send (%o) from a packet that was refused', (rest, why) => {
    const { sender } = read(instead(frame('0', 'sender', rest)))
    expect(sender).toEqual({ outcome: 'unable', detail: expect.stringContaining(why) as string, roundTrip: null })
  })

  it('says what a sender that failed has said', () => {
    const frames = instead(frame('0', 'sender', { exit: 255, error: 'perl: no such thing\n' }))
    expect(read(frames).sender).toEqual({
      outcome: 'error',
      detail: 'the sender told nothing: perl: no such thing',
      roundTrip: null,
    })
  })
})

describe('a container that ends', () => {
  const GONE = 'the process that it was known by has ended'
  const [end] = c1.interfaces.flatMap(({ peer }) => peer ?? [])
  const enter = { exit: 77, error: `enter: ${GONE}\n` }
  const placeOf = (frames: readonly Frame[]) => read(frames).namespaces.find(({ netns }) => netns === c1.name)
  /** What the host has after the watch. */
  const devices = (...names: readonly string[]): string =>
    JSON.stringify(names.map((ifname, index) => ({ ifindex: index + 1, ifname })))
  const afterwards = (output: string, ...more: readonly Frame[]): readonly Frame[] => [
    ...instead(frame(c1.id, 'link', enter)).filter(
      ({ namespace, command }) => namespace !== host.id || command !== 'link',
    ),
    frame(host.id, 'link', { output }),
    ...more,
  ]

  it('while it is watched keeps what was seen of it, and what is gone with it is told', () => {
    const place = placeOf(afterwards(devices('lo', 'docker0'), frame(c1.id, 'save:ip:after', enter)))
    expect(place?.ended).toEqual({ gone: [`${end?.device} of host`] })
    expect(place?.pcap).toEqual(Buffer.from('d4c3b2a1', 'hex'))
    expect(place?.nftTrace).toContain('trace id 1')
    const checks = watch.plan.namespaces.find(({ inode }) => inode === c1.id)?.checks ?? []
    expect(place?.lacks.map(({ what }) => what)).toEqual(checks.some((check) => check !== 'nft') ? ['counters'] : [])
  })

  it('takes nothing with it that is still there, or was not looked for', () => {
    expect(placeOf(afterwards(devices('lo', end?.device ?? '')))?.ended).toEqual({ gone: [] })
    const blind = afterwards('').filter(({ namespace, command }) => namespace !== host.id || command !== 'link')
    expect(placeOf(blind)?.ended).toEqual({ gone: [] })
  })

  it('before it is watched was not seen', () => {
    const place = placeOf([
      ...afterwards(devices('lo')).filter(({ namespace, command }) => namespace !== c1.id || command !== 'tcpdump'),
      frame(c1.id, 'tcpdump', enter),
    ])
    expect(place?.ended).toEqual({ gone: [`${end?.device} of host`] })
    expect(place?.lacks).toEqual([{ what: 'namespace', why: `this namespace cannot be watched: ${GONE}` }])
  })

  it('is not what another refusal means', () => {
    const refused = { exit: 77, error: 'enter: it cannot be entered: Operation not permitted\n' }
    expect(placeOf(instead(frame(c1.id, 'link', refused)))?.ended).toBeUndefined()
  })
})
