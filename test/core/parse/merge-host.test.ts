import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HostPieces, joinHost } from '../../../src/core/parse/assemble-host-state.ts'
import { recordsOf, textOf } from '../../../src/core/parse/json-value.ts'
import { findConcerned, type HostChange, mergeHost, processOf } from '../../../src/core/parse/merge-host.ts'
import { readParts } from '../../../src/core/parse/read-parts.ts'
import { type Concerned, ModelHost } from '../../support/model-host.ts'

const capturedAt = '2026-01-01T00:00:00.000Z'

function readAll(host: ModelHost): HostPieces {
  const docker = host.answers()
  const read = readParts(host.frames(docker.containers.flatMap(processOf)))
  return { capturedAt, docker, read, frameProblems: [], noProbe: null, names: [] }
}

/** What is asked of the host when the engine has named these. */
function readSome(host: ModelHost, known: HostPieces, { containers, networks }: Concerned): HostChange {
  const answers = host.answers() as unknown as Record<string, unknown>
  const find = (kind: string, id: string) => recordsOf(answers, kind).find((each) => textOf(each, 'Id') === id) ?? null
  const changed = new Map(findConcerned(known, containers).map((id) => [id, find('containers', id)]))
  return {
    capturedAt,
    containers: changed,
    networks: new Map(networks.map((id) => [id, find('networks', id)])),
    read: readParts(host.frames([...changed.values()].flatMap(processOf))),
  }
}

const slot = fc.nat(4)
const network = fc.nat(2)
const change: fc.Arbitrary<(host: ModelHost) => Concerned> = fc.oneof(
  fc.tuple(slot, fc.option(slot), fc.option(slot)).map(
    ([one, joins, link]) =>
      (host: ModelHost) =>
        host.create(one, joins, link),
  ),
  slot.map((one) => (host: ModelHost) => host.start(one)),
  slot.map((one) => (host: ModelHost) => host.start(one)),
  slot.map((one) => (host: ModelHost) => host.stop(one)),
  slot.map((one) => (host: ModelHost) => host.destroy(one)),
  slot.map((one) => (host: ModelHost) => host.rename(one)),
  network.map((one) => (host: ModelHost) => host.makeNetwork(one)),
  network.map((one) => (host: ModelHost) => host.removeNetwork(one)),
  fc.tuple(slot, network).map(
    ([one, other]) =>
      (host: ModelHost) =>
        host.connect(one, other),
  ),
)

/** Several changes between two readings are a burst of events. */
const bursts = fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 25 })

function play(host: ModelHost, burst: readonly ((host: ModelHost) => Concerned)[]): Concerned {
  const concerned = burst.map((each) => each(host))
  return {
    containers: [...new Set(concerned.flatMap(({ containers }) => containers))],
    networks: [...new Set(concerned.flatMap(({ networks }) => networks))],
  }
}

describe('mergeHost', () => {
  it('gives after any changes what a full reading gives', () => {
    const property = fc.property(bursts, (played) => {
      const host = new ModelHost()
      let known = readAll(host)
      for (const burst of played) {
        const concerned = play(host, burst)
        const merged = mergeHost(known, readSome(host, known, concerned))
        if (merged === null) throw new Error('it cannot be merged')
        known = merged
        expect(joinHost(known)).toEqual(joinHost(readAll(host)))
      }
    })
    fc.assert(property, { numRuns: 150 })
  })

  it('gives the same where the API alone tells of the host', () => {
    const refused = (pieces: HostPieces): HostPieces => ({ ...pieces, read: readParts([]), noProbe: 'refused' })
    const property = fc.property(bursts, (played) => {
      const host = new ModelHost()
      let known = refused(readAll(host))
      for (const burst of played) {
        const concerned = play(host, burst)
        const merged = mergeHost(known, { ...readSome(host, known, concerned), read: null })
        if (merged === null) throw new Error('it cannot be merged')
        known = merged
        expect(joinHost(known)).toEqual(joinHost(refused(readAll(host))))
      }
    })
    fc.assert(property, { numRuns: 80 })
  })

  it('reads no more than the namespaces that are concerned', () => {
    const host = new ModelHost()
    for (const each of [0, 1, 2]) {
      host.create(each, null, null)
      host.start(each)
    }
    const known = readAll(host)
    const change = readSome(host, known, { containers: host.rename(1).containers, networks: [] })
    expect(change.read?.processes.size).toBe(1)
    expect(change.read?.namespaces.size).toBe(2)
    const merged = mergeHost(known, change)
    const others = [...(merged?.read.namespaces ?? [])].filter(([id]) => change.read?.namespaces.has(id) === false)
    expect(others).toHaveLength(2)
    // Not equal ones: the very same.
    for (const [id, namespace] of others) expect(namespace).toBe(known.read.namespaces.get(id))
  })

  it('does not mix two hosts, nor one that was read with one of which the API tells', () => {
    const known = readAll(new ModelHost())
    const change = readSome(new ModelHost(), known, { containers: [], networks: [] })
    expect(mergeHost(known, change)).not.toBeNull()
    expect(mergeHost(known, { ...change, read: null })).toBeNull()
    expect(mergeHost({ ...known, noProbe: 'refused' }, change)).toBeNull()
    const read = change.read === null ? null : { ...change.read, self: '7' }
    expect(mergeHost(known, { ...change, read })).toBeNull()
  })
})
