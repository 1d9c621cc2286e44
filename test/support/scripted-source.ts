import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findPackageRoot } from '../../src/backend/package-root.ts'
import type { Reading, Source, SourceChange } from '../../src/backend/sources/source.ts'
import type { HostState, NameAnswer } from '../../src/core/host/host-state.ts'
import type { Outcome, SourceKind, SourceStatus } from '../../src/protocol/contract.ts'

/** Returns the standard host as Docker 28.5 made it, without any resolver's answers. */
export function readStandardHost(): HostState {
  const path = join(findPackageRoot(), 'test', 'fixtures', 'scenarios', 'standard-28', 'host.json')
  return { ...(JSON.parse(readFileSync(path, 'utf8')) as HostState), names: [] }
}

/** A source that a test plays: it gives what `next` says, and counts what it is asked. */
export interface ScriptedSource extends Source {
  next: () => Promise<Outcome<HostState>>
  answer: (namespaceId: string, name: string) => Outcome<NameAnswer>
  loads: number
  /** What each load was to read. */
  readonly readings: (Reading | undefined)[]
  readonly asked: string[]
  closed: boolean
  emit(change: SourceChange): void
  become(status: Partial<SourceStatus>): void
}

export function createScriptedSource(kind: SourceKind, state: HostState): ScriptedSource {
  const handlers = new Set<(change: SourceChange) => void>()
  let status: SourceStatus = { kind, phase: 'ready', label: kind, progress: null, activity: null, problem: null }
  const emit = (change: SourceChange) => {
    for (const handler of [...handlers]) handler(change)
  }
  return {
    kind,
    loads: 0,
    readings: [],
    asked: [],
    closed: false,
    // The very same state again would be nothing new.
    next: async () => ({ ok: true, value: { ...state } }),
    answer: (_namespace, name) => ({ ok: false, failure: { code: 'unknown-name', message: `nobody knows ${name}` } }),
    status: () => status,
    load(_, reading) {
      this.loads += 1
      this.readings.push(reading)
      return this.next()
    },
    async resolve(namespaceId, name) {
      this.asked.push(`${namespaceId} ${name}`)
      return this.answer(namespaceId, name)
    },
    watch: async () => ({ ok: false, failure: { code: 'probe-failed', message: 'nothing can be sent here' } }),
    onChange(handler) {
      handlers.add(handler)
      return () => void handlers.delete(handler)
    },
    async close() {
      this.closed = true
    },
    emit,
    become(change) {
      status = { ...status, ...change }
      emit('status')
    },
  }
}
