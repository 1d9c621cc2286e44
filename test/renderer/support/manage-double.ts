import type { ManageAction } from '../../../src/core/manage/action.ts'
import type { ImageInfo, ManagerInfo } from '../../../src/core/manage/inventory.ts'
import type { ActionDone, ActionPlan } from '../../../src/core/manage/plan.ts'
import type { CancelSignal } from '../../../src/protocol/cancel-signal.ts'
import { connect } from '../../../src/protocol/connect.ts'
import type { EventName, Events, Failure, Outcome, SourceStatus } from '../../../src/protocol/contract.ts'
import { createPortPair } from '../../../src/protocol/memory-port.ts'
import { serve } from '../../../src/protocol/serve.ts'
import type { Service } from '../../../src/protocol/service.ts'
import { refuseWatches } from '../../support/protocol/refuse-watches.ts'
import { makeHost } from './sample-host.ts'

export const EMPTY_PLAN: ActionPlan = {
  command: 'docker x',
  problems: [],
  losses: [],
  undo: 'it is undone',
  reach: null,
}

const STATUS: SourceStatus = {
  kind: 'docker',
  phase: 'ready',
  label: 'Docker 28',
  progress: null,
  activity: null,
  problem: null,
}

const INFO: ManagerInfo = { kind: 'docker', generation: 28, undo: null, redo: null, lacks: [] }

/** A backend in memory that plans and does what the test says. Everything goes through the real protocol. */
export interface ManageDouble {
  info: ManagerInfo | null
  images: readonly ImageInfo[]
  plan: ActionPlan
  /** What an import brings. */
  imported: readonly string[]
  /** What the next change fails with. */
  refuse: Failure | null
  /** Changes wait for this; they end with `cancelled` when they are cancelled meanwhile. */
  hold: Promise<void>
  readonly planned: { readonly action: ManageAction; readonly reach: boolean }[]
  readonly performed: (ManageAction | 'undo' | 'redo')[]
  readonly uploaded: string[]
  readonly opened: string[]
  tell<E extends EventName>(event: E, payload: Events[E]): void
}

/** Returns such a backend and how to connect to it, once or more. */
export function createManageDouble() {
  const handlers = new Map<EventName, Set<(payload: never) => void>>()
  const far: ManageDouble = {
    info: INFO,
    images: [],
    plan: EMPTY_PLAN,
    imported: [],
    refuse: null,
    hold: Promise.resolve(),
    planned: [],
    performed: [],
    uploaded: [],
    opened: [],
    tell: (event, payload) => {
      for (const handler of handlers.get(event) ?? []) handler(payload as never)
    },
  }
  const service: Service = {
    methods: {
      ...refuseWatches,
      hello: async () => ({ ok: true, value: { version: '0.1.0', status: STATUS } }),
      hostState: async () => ({ ok: true, value: { revision: 1, state: makeHost({ containers: 2, networks: 1 }) } }),
      refresh: async () => ({ ok: true, value: { revision: 1 } }),
      trace: async () => ({ ok: false, failure: { code: 'internal', message: 'no traces here' } }),
      liveTrace: async () => ({ ok: false, failure: { code: 'internal', message: 'no traces here' } }),
      managerInfo: async () => ({ ok: true, value: far.info }),
      listImages: async () => ({ ok: true, value: far.images }),
      listScenes: async () => ({ ok: true, value: [{ name: 'my-net', title: 'My net', description: 'Two of them.' }] }),
      planAction: async ({ action, reach }) => {
        far.planned.push({ action, reach })
        return { ok: true, value: far.plan }
      },
      doAction: ({ action }, { signal }) => change(far, action, signal),
      undoAction: (_none, { signal }) => change(far, 'undo', signal),
      redoAction: (_none, { signal }) => change(far, 'redo', signal),
      upload: async ({ upload, data }) => {
        far.uploaded.push(data)
        return { ok: true, value: { upload: upload ?? 'u1', bytes: data.length } }
      },
      openSandbox: async ({ scene }) => {
        far.opened.push(scene)
        return { ok: true, value: {} }
      },
    },
    subscribe(event, handler) {
      const set = handlers.get(event) ?? new Set()
      handlers.set(event, set)
      set.add(handler)
      return () => void set.delete(handler)
    },
  }
  const open = () => {
    const [client, server] = createPortPair()
    serve(server, service)
    return { client: connect(client), close: () => server.close() }
  }
  return { far, open }
}

async function change(
  far: ManageDouble,
  what: ManageAction | 'undo' | 'redo',
  signal: CancelSignal,
): Promise<Outcome<ActionDone>> {
  await far.hold
  if (signal.aborted) return { ok: false, failure: { code: 'cancelled', message: 'the call was cancelled' } }
  if (far.refuse !== null) return { ok: false, failure: far.refuse }
  far.performed.push(what)
  const images = typeof what === 'object' && what.kind === 'import-image' ? { images: far.imported } : {}
  return { ok: true, value: { did: 'done', command: 'docker x', undo: 'done', notes: [], ...images } }
}
