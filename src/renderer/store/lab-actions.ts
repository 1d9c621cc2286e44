import type { ManageAction } from '../../core/manage/action.ts'
import { LAB_LABEL, type LabGround, type LabState } from '../../core/manage/lab.ts'
import { readCommand } from '../../core/manage/read-command.ts'
import type { Flow } from '../../core/trace/flow.ts'
import type { Client } from '../../protocol/connect.ts'
import type { Outcome } from '../../protocol/contract.ts'
import { failureWords } from './failure-words.ts'
import type { LabData } from './lab-data.ts'
import type { AppGet, AppSet } from './manage-action-types.ts'
import { EMPTY_TIMELINE } from '../playback/timeline.ts'

export interface LabActions {
  /** Takes a connected client: reads the labs and the one that is under way, follows it until the client closes. */
  followLabs(client: Client): void
  startLab(lab: string, ground: LabGround): Promise<void>
  /** Ends the lab, or removes what an earlier one left on the engine. */
  endLab(): Promise<void>
  /** Does what a command of a page says: changes the host, or traces what it would send. */
  runLabCommand(command: string): Promise<void>
  /** Traces a flow and shows it, whatever the window is about. */
  traceLabFlow(flow: Flow): Promise<void>
  dismissLabProblem(): void
}

/** What the actions share. One client at a time. */
interface Desk {
  client: Client | null
  readonly set: AppSet
  readonly get: AppGet
  readonly change: (part: Partial<LabData>) => void
}

/** Returns the actions of labs. One client at a time; what a closed one told stays on show. */
export function createLabActions(set: AppSet, get: AppGet): LabActions {
  const change = (part: Partial<LabData>) => set((state) => ({ labs: { ...state.labs, ...part } }))
  const desk: Desk = { client: null, set, get, change }
  const showRun = (run: LabState | null) => {
    change({ run })
    forget(desk)
  }
  return {
    followLabs: (next) => {
      desk.client = next
      next.on('labChanged', (run) => desk.client === next && change({ run }))
      void readLabs(next, (part) => desk.client === next && change(part))
    },
    startLab: (lab, ground) => during(desk, 'Starting the lab', (on) => on.call('startLab', { lab, ground }), showRun),
    endLab: () =>
      during(
        desk,
        'Ending the lab',
        (on) => on.call('endLab', {}),
        () => showRun(null),
      ),
    runLabCommand: (command) => runCommand(desk, command),
    traceLabFlow: async ({ from, to, protocol, destinationPort }) => {
      set({ selected: null })
      get().setForm({ from, to, protocol, port: String(destinationPort ?? '') })
      await get().submitTrace()
    },
    dismissLabProblem: () => change({ problem: null }),
  }
}

/** One thing at a time, since each waits for the host to be as the one before has made it. */
async function during<T>(
  { client, get, change }: Desk,
  words: string,
  work: (on: Client) => Promise<Outcome<T>>,
  then: (value: T) => void,
): Promise<void> {
  if (client === null || get().labs.busy !== null) return
  change({ busy: words, problem: null })
  const outcome = await work(client)
  change({ busy: null, ...(outcome.ok ? {} : { problem: failureWords(outcome.failure) }) })
  if (outcome.ok) then(outcome.value)
}

/** A trace on another host, and the offer to take a change of it back, would only be in the way. */
function forget({ set }: Desk): void {
  set(({ manage }) => ({
    report: null,
    live: null,
    timeline: EMPTY_TIMELINE,
    quiz: null,
    outdated: false,
    failure: null,
    selected: null,
    manage: { ...manage, done: null, object: null },
  }))
}

async function runCommand(desk: Desk, command: string): Promise<void> {
  const { set, get } = desk
  const read = readCommand(command)
  switch (read.kind) {
    case 'action': {
      const action = labelled(read.action, get().labs.run)
      return during(
        desk,
        command,
        (on) => on.call('doAction', { action }),
        // What the page says was done is in the picture; only what nobody expects is told beside it.
        (done) => void (done.notes.length > 0 && set((state) => ({ manage: { ...state.manage, done } }))),
      )
    }
    case 'host':
      return during(
        desk,
        command,
        (on) => on.call('labCommand', { command }),
        () => undefined,
      )
    case 'flow':
      return get().traceLabFlow(read.flow)
    case 'terminal':
      return
    default:
      return read satisfies never
  }
}

/** What Hopwire makes on a real engine during a lab is known by its label, also after a crash. */
function labelled(action: ManageAction, run: LabState | null): ManageAction {
  if (run?.ground !== 'docker') return action
  const labels = { [LAB_LABEL]: run.summary.id }
  if (action.kind === 'run-container')
    return { ...action, container: { ...action.container, labels: { ...action.container.labels, ...labels } } }
  if (action.kind === 'create-network')
    return { ...action, network: { ...action.network, labels: { ...action.network.labels, ...labels } } }
  return action
}

async function readLabs(client: Client, change: (part: Partial<LabData>) => void): Promise<void> {
  const [list, run] = await Promise.all([client.call('listLabs', {}), client.call('labState', {})])
  if (list.ok) change({ list: list.value })
  if (run.ok) change({ run: run.value })
}
