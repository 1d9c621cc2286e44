import { setTimeout } from 'node:timers/promises'
import type { LabGround, LabState, LabSummary } from '../../core/manage/lab.ts'
import type { Flow } from '../../core/trace/flow.ts'
import type { Failure, Outcome } from '../../protocol/contract.ts'
import type { ManageDesk } from '../manage/manage-methods.ts'
import type { Source } from '../sources/source.ts'
import type { StageSource } from '../sources/stage-source.ts'
import type { StateKeeper } from '../state-keeper.ts'
import { traceWithNames } from '../trace-with-names.ts'
import { openDockerGround, sweepLabs } from './docker-ground.ts'
import { gradeLab, summarize } from './grade-lab.ts'
import { listLabIds, loadLab } from './lab-files.ts'
import type { Ground } from './lab-ground.ts'
import type { LabJournal } from './lab-journal.ts'
import type { CheckSpec, LabPage } from './lab-page.ts'
import { openSandboxGround } from './sandbox-ground.ts'

/** What labs work with. `source` is what is shown: the stage with whatever is around it. */
export interface LabBackend {
  readonly stage: StageSource
  readonly source: Source
  readonly keeper: StateKeeper
  readonly manage: ManageDesk
  readonly journal: LabJournal
  readonly onChange: (state: LabState | null) => void
}

/** How long the end of a lab may hold up that of the program, in milliseconds: what is left then is found by its label. */
const LONGEST_END = 15_000

interface LabRun {
  readonly page: LabPage
  readonly ground: Ground
  readonly asked: Flow[]
  readonly seen: Set<CheckSpec>
  told: string
}

/** Has at most one lab under way, and grades it whenever the host has changed or something was traced. */
export class LabDesk {
  readonly #backend: LabBackend
  #run: LabRun | null = null
  #grading: Promise<LabState | null> = Promise.resolve(null)
  #waiting = false

  constructor(backend: LabBackend) {
    this.#backend = backend
  }

  /** A page that cannot be read is left out: starting it says why. */
  list(): readonly LabSummary[] {
    return listLabIds().flatMap((id) => {
      const read = loadLab(id)
      return read.ok ? [summarize(read.value)] : []
    })
  }

  /** A lab that is under way is ended first. */
  async start(id: string, kind: LabGround): Promise<Outcome<LabState>> {
    if (!listLabIds().includes(id)) return { ok: false, failure: noLab(id) }
    const read = loadLab(id)
    if (!read.ok) return read
    const page = read.value
    if (!page.grounds.includes(kind)) return { ok: false, failure: notThere(page, kind) }
    const ended = this.#run === null ? null : await this.end()
    if (ended !== null && !ended.ok) return ended
    const opened =
      kind === 'sandbox' ? await openSandboxGround(page, this.#backend) : await openDockerGround(page, this.#backend)
    if (!opened.ok) return opened
    this.#run = { page, ground: opened.value, asked: [], seen: new Set(), told: '' }
    const state = await this.grade()
    return state === null ? { ok: false, failure: NO_LAB } : { ok: true, value: state }
  }

  /** Ends the lab, or removes what an earlier one has left on the engine that is shown. */
  async end(): Promise<Outcome<Record<string, never>>> {
    const run = this.#run
    if (run === null) return this.#backend.source.kind === 'docker' ? sweepLabs(this.#backend) : { ok: true, value: {} }
    const ended = await run.ground.end()
    if (!ended.ok) return ended
    this.#forget(run)
    return ended
  }

  async command(command: string): Promise<Outcome<{ readonly did: string }>> {
    const run = this.#run
    return run === null ? { ok: false, failure: NO_LAB } : run.ground.command(command)
  }

  /** Takes notice of a question that the learner has asked. */
  note(flow: Flow): void {
    if (this.#run === null) return
    this.#run.asked.push(flow)
    void this.grade()
  }

  onState(): void {
    if (this.#run !== null) void this.grade()
  }

  /** Grades the lab on the newest host, after whatever grading is under way; null where there is no lab any more. */
  grade(): Promise<LabState | null> {
    if (this.#waiting) return this.#grading
    this.#waiting = true
    this.#grading = this.#grading.then(() => {
      this.#waiting = false
      return this.#gradeNow()
    })
    return this.#grading
  }

  /** Ends a lab on a real engine; a sandbox goes with its process. */
  async close(): Promise<void> {
    const timer = new AbortController()
    const late = setTimeout(LONGEST_END, undefined, { signal: timer.signal }).catch(() => undefined)
    if (this.#run?.ground.kind === 'docker') await Promise.race([this.end(), late])
    timer.abort()
    this.#run = null
  }

  async #gradeNow(): Promise<LabState | null> {
    const run = this.#run
    if (run === null) return null
    if (!run.ground.isThere()) {
      // The learner has left the sandbox by another door.
      if (run.ground.kind === 'sandbox') this.#forget(run)
      return null
    }
    const { keeper, source } = this.#backend
    const read = await keeper.ready()
    if (!read.ok || this.#run !== run) return null
    const held = read.value
    await run.ground.onState(held.state)
    const backend = { keeper, source, reading: 'once' } as const
    const ask = async (flow: Flow) => {
      const traced = await traceWithNames(backend, held, { flow, tried: false }, new AbortController().signal)
      return traced.ok ? ({ ok: true, value: traced.value.report } as const) : traced
    }
    const graded = await gradeLab(run.page, run.ground.kind, { state: held.state, ask, asked: run.asked }, run.seen)
    if (this.#run !== run) return null
    const text = JSON.stringify(graded)
    if (text !== run.told) this.#backend.onChange(graded)
    run.told = text
    return graded
  }

  #forget(run: LabRun): void {
    if (this.#run !== run) return
    this.#run = null
    this.#backend.onChange(null)
  }
}

const NO_LAB: Failure = { code: 'not-managed', message: 'no lab is under way', hint: 'start one' }

function noLab(id: string): Failure {
  return { code: 'bad-params', message: `there is no lab ${id}`, hint: `one of ${listLabIds().join(', ')}`, at: 'lab' }
}

function notThere({ number, grounds }: LabPage, kind: LabGround): Failure {
  const where = kind === 'docker' ? 'on a real engine' : 'in the sandbox'
  const message = `lab ${number} cannot be done ${where}`
  return { code: 'bad-params', message, hint: `start it ${grounds.join(' or ')}`, at: 'ground' }
}
