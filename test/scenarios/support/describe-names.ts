import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDockerSource } from '../../../src/backend/sources/docker-source.ts'
import type { Source } from '../../../src/backend/sources/source.ts'
import { createStateKeeper, type StateKeeper } from '../../../src/backend/state-keeper.ts'
import { traceWithNames } from '../../../src/backend/trace-with-names.ts'
import type { HostState } from '../../../src/core/host/host-state.ts'
import type { Outcome } from '../../../src/protocol/contract.ts'
import type { TraceReport } from '../../../src/core/trace/trace-report.ts'
import {
  busyboxImage,
  type Engine,
  type Generation,
  importBusybox,
  makeObject,
  startEngine,
  startWorld,
  whyNoLab,
  type World,
} from '../../lab/index.ts'
import { exchangeDns, type NameExchanges } from '../../../src/core/tracer/exchange-dns.ts'
import { prepareHost } from '../../../src/core/tracer/prepare-host.ts'
import { resolveSource } from '../../../src/core/tracer/resolve-source.ts'
import { resolveTarget } from '../../../src/core/tracer/resolve-target.ts'
import { createWorld } from '../../../src/core/tracer/world.ts'
import { askName, RESOLVER, untilNobodyAsks } from './ask-name.ts'
import { expectedLookup } from './expected-lookup.ts'

const reason = whyNoLab()

const SEARCHING = [
  '--dns',
  '203.0.113.53',
  '--dns-search',
  'example.test',
  '--dns-search',
  'com',
  '--dns-opt',
  'ndots:2',
]

/** n1 to n3 on one user network, z1 on an internal one, d1 and d2 on the default bridge. */
const CONTAINERS: readonly (readonly string[])[] = [
  ['n1', '--network', 'net-n', '--network-alias', 'svc', '--network-alias', 'one', '--hostname', 'first.example.test'],
  ['n2', '--network', 'net-n', '--network-alias', 'svc'],
  ['n3', '--network', 'net-n', ...SEARCHING, '--link', 'n1:db', '--add-host', 'box:203.0.113.80'],
  ['n4', '--network', 'net-n', '--dns', '203.0.113.99'],
  ['n5', '--network', 'net-n', '--dns', '203.0.113.53'],
  ['z1', '--network', 'net-z'],
  ['z2', '--network', 'net-z', '--dns', '203.0.113.53'],
  ['d1'],
  ['d2', ...SEARCHING, '--link', 'd1:db', '--add-host', 'box:203.0.113.80'],
  ['d3', '--dns', '203.0.113.99'],
]

/** From, name, and whether the C library gets an address. */
const LOOKUPS: readonly (readonly [string, string, string, boolean])[] = [
  ['F1 [O x1] a container on the same user network', 'n1', 'n2', true],
  ['F1 [O x1] its own name', 'n1', 'n1', true],
  ['a network alias', 'n2', 'one', true],
  ['a name of two containers', 'n3', 'svc', true],
  ['a name with its network', 'n1', 'n2.net-n', true],
  ['a network’s name in other letters', 'n1', 'n2.NET-N', false],
  ['F2 [O x2-x4] an external name, from the host’s resolver file', 'n2', 'facebook.com', true],
  ['F2 [O x2-x4] an external name, with --dns', 'n5', 'facebook.com', true],
  ['NXDOMAIN', 'n2', 'nowhere.example', false],
  ['NXDOMAIN with --dns', 'n5', 'nowhere.example', false],
  ['no dots', 'n2', 'nowhere', false],
  ['F3 [S] a dead server', 'n4', 'facebook.com', false],
  ['E7 [S resolver.go] an internal network', 'z1', 'facebook.com', false],
  ['E7 [S resolver.go] an internal network with --dns', 'z2', 'facebook.com', false],
  ['F5 [K] the default bridge asks itself', 'd1', 'facebook.com', true],
  ['the default bridge, NXDOMAIN', 'd1', 'nowhere.example', false],
  ['the default bridge with a dead server', 'd3', 'facebook.com', false],
  ['--link on the default bridge', 'd2', 'db', true],
  ['--add-host on the default bridge', 'd2', 'box', true],
  ['search domains on the default bridge', 'd2', 'facebook', true],
  ['search domains, too many dots', 'd2', 'www.nowhere.example', false],
  ['search domains come first below ndots', 'd2', 'facebook.com', true],
  ['--link on a user network', 'n3', 'db', true],
  ['--add-host on a user network', 'n3', 'box', true],
  ['search domains on a user network', 'n3', 'facebook', true],
  ['a container’s name after the search domains', 'n3', 'n2', true],
  ['a dot at the end', 'n3', 'facebook.com.', true],
  ['the domain of the host name', 'n1', 'facebook', false],
]

/** Describes how names are looked up on an engine of one generation; each has a file of its own, so that both run at once. */
export function describeNames(generation: Generation): void {
  const skipped = reason === undefined ? '' : ` (skipped: ${reason})`
  describe.skipIf(reason !== undefined)(`F: names on Docker ${generation}${skipped}`, () => {
    let world: World
    let engine: Engine
    let source: Source
    let keeper: StateKeeper

    beforeAll(async () => {
      world = await startWorld()
      engine = await startEngine(world, { generation })
      await importBusybox(engine)
      await makeObject(engine, ['network', 'create', 'net-n'])
      await makeObject(engine, ['network', 'create', '--internal', 'net-z'])
      for (const [name = '', ...options] of CONTAINERS)
        await makeObject(engine, ['run', '-d', '--name', name, ...options, busyboxImage, 'sleep', '1000000'])
      source = createDockerSource({ dockerHost: `unix://${engine.socket}`, probe: 'required' })
      keeper = createStateKeeper(source, () => undefined)
    })

    afterAll(async () => {
      keeper?.close()
      await source?.close()
      world?.stop()
    })

    interface Predicted {
      readonly outcome: Outcome<TraceReport>
      readonly state: HostState
    }

    async function predict(from: string, to: string): Promise<Predicted> {
      const held = await keeper.refresh()
      if (!held.ok) throw new Error(held.failure.message)
      const flow = { from, to, protocol: 'icmp' } as const
      const question = { flow, tried: false }
      const outcome = await traceWithNames(
        { keeper, source, reading: 'fresh' },
        held.value,
        question,
        new AbortController().signal,
      )
      const told = outcome.ok ? ({ ok: true, value: outcome.value.report } as const) : outcome
      return { outcome: told, state: held.value.state }
    }

    /** The ports of dockerd's resolver in the container's namespace, which are in the rules. */
    function knownPorts({ state }: Predicted, name: string): number[] {
      const id = state.containers.find((each) => each.name === name)?.namespace
      const sockets = state.namespaces.find((each) => each.id === id)?.sockets ?? []
      return sockets.filter((each) => each.address === RESOLVER).map((each) => each.port)
    }

    /** The questions of a name that gets no address: the flow is refused, and has no report that shows them. */
    function questionsOf(from: string, name: string): NameExchanges {
      const state = keeper.current()?.state
      if (state === undefined) throw new Error('no state is kept')
      const host = prepareHost(state)
      const source = resolveSource(host, { kind: 'name', name: from, port: null })
      if (!source.ok) throw new Error(source.problem.message)
      const target = resolveTarget(host, source.value, { kind: 'name', name, port: null })
      if (!target.ok) throw new Error(target.problem.message)
      return exchangeDns(createWorld(host, { tried: false }), source.value, target.value.questions)
    }

    async function compare(from: string, name: string, answers: boolean): Promise<Predicted> {
      const predicted = await predict(from, name)
      const known = knownPorts(predicted, from)
      await untilNobodyAsks(engine, from)
      // Only dockerd of old says nothing where it got no answer.
      const spoken = answers || (generation !== '20' && known.length > 0)
      const { seen, story } = await askName(engine, { container: from, name, spoken }, known)
      expect(seen.answered, story).toBe(answers)
      const { outcome } = predicted
      if (outcome.ok) {
        expect({ ...expectedLookup(outcome.value, from, known), answered: answers }, story).toEqual(seen)
        const main = outcome.value.exchanges.find((exchange) => exchange.main)
        expect(main?.protocol === 'dns').toBe(!answers)
      } else {
        expect(outcome.failure.code).toBe('unknown-name')
        expect({ ...expectedLookup(questionsOf(from, name), from, known), answered: false }, story).toEqual(seen)
      }
      return predicted
    }

    it.each(LOOKUPS)('%s: %s asks for %s', async (_shows, from, name, answers) => {
      await compare(from, name, answers)
    })

    describe('where DOCKER-USER drops questions', () => {
      const rule = ['DOCKER-USER', '-p', 'udp', '-m', 'udp', '--dport', '53', '-j', 'DROP']
      beforeAll(() => engine.nsenter(['iptables', '-I', ...rule]))
      afterAll(() => engine.nsenter(['iptables', '-D', ...rule]))

      it('F4 [O x4] internal names work', () => compare('n5', 'n2', true))

      it('F4 [O x4] external ones do not, and the report names the rule', async () => {
        const { outcome } = await compare('n5', 'facebook.com', false)
        if (!outcome.ok) throw new Error(outcome.failure.message)
        expect(outcome.value.disposition).toBe('dropped')
        const main = outcome.value.exchanges.find((exchange) => exchange.main)
        const last = main?.forward.hops.at(-1)?.steps.at(-1)
        expect(last).toMatchObject({ kind: 'rule', rule: `-A ${rule.join(' ')}`, verdict: 'drop' })
      })

      it('F4 [O x4] on the default bridge', async () => {
        const { outcome } = await compare('d1', 'facebook.com', false)
        expect(outcome).toMatchObject({ ok: true, value: { disposition: 'dropped' } })
      })
    })

    it('F6 [K] nat flushed in the container: nobody listens on port 53', async () => {
      const netns = await engine.containerNetns('n4')
      await engine.nsenter(['nsenter', `--net=${netns}`, 'iptables', '-t', 'nat', '-F'])
      const { outcome } = await compare('n4', 'n2', false)
      expect(outcome).toMatchObject({ ok: true, value: { disposition: 'nothing-listening' } })
    })
  })
}
