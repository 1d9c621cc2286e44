import type { ManageAction } from '../core/manage/action.ts'
import type { ImageInfo, Inspected, ManagerInfo, ObjectKind } from '../core/manage/inventory.ts'
import type { LabGround, LabState, LabSummary } from '../core/manage/lab.ts'
import type { ActionDone, ActionPlan } from '../core/manage/plan.ts'

type None = Record<string, never>

/** The part of the contract that changes the host. A host that cannot be changed answers them with `not-managed`. */
export interface ManageMethods {
  /** Null where the host cannot be changed (a snapshot, the sample). */
  readonly managerInfo: { params: None; result: ManagerInfo | null }
  readonly listImages: { params: None; result: readonly ImageInfo[] }
  readonly inspectObject: { params: { readonly kind: ObjectKind; readonly name: string }; result: Inspected }
  /** Tells what an action would do. Nothing is changed. `reach` asks for who could reach whom, which takes longer. */
  readonly planAction: { params: { readonly action: ManageAction; readonly reach: boolean }; result: ActionPlan }
  /** Does it. Cancelled half way, what was begun is taken back. `actionProgress` tells how far it is. */
  readonly doAction: { params: { readonly action: ManageAction }; result: ActionDone }
  readonly undoAction: { params: None; result: ActionDone }
  readonly redoAction: { params: None; result: ActionDone }
  /** Begins to give a container's log with `logLines`: the last `tail` lines, then what comes, until `closeLogs`. */
  readonly openLogs: { params: { readonly container: string; readonly tail: number }; result: StreamId }
  readonly closeLogs: { params: StreamId; result: None }
  /** Starts a command on a terminal inside a container; an empty command is its shell. `terminalOutput` brings what it prints. */
  readonly openTerminal: {
    params: { readonly container: string; readonly command: readonly string[] } & TerminalSize
    result: StreamId
  }
  readonly writeTerminal: { params: StreamId & { readonly data: string }; result: None }
  readonly resizeTerminal: { params: StreamId & TerminalSize; result: None }
  readonly closeTerminal: { params: StreamId; result: None }
  /** The scenes that come with Hopwire. */
  readonly listScenes: { params: None; result: readonly SceneSummary[] }
  /** Shows one of them instead of the host, which comes back at `leaveSandbox`; a sandbox that was left is forgotten. */
  readonly openSandbox: { params: { readonly scene: string }; result: None }
  readonly leaveSandbox: { params: None; result: None }
  /** The sandbox's scene as a file, and a scene or compose file as the sandbox (undo brings an old one back). */
  readonly saveScene: {
    params: None
    result: { readonly download: string; readonly name: string; readonly bytes: number }
  }
  readonly openScene: {
    params: { readonly upload: string; readonly name: string }
    result: { readonly notes: readonly string[] }
  }
}

/** The part of the contract that is about labs. */
export interface LabMethods {
  readonly listLabs: { params: None; result: readonly LabSummary[] }
  /** The lab that is under way, graded anew; null where none is. */
  readonly labState: { params: None; result: LabState | null }
  /** Begins a lab: in the sandbox its scene is shown instead of the host, which comes back at `endLab`. */
  readonly startLab: { params: { readonly lab: string; readonly ground: LabGround }; result: LabState }
  /**
   * Does what one command of a lab's page does to the sandbox's host and what is no action: `iptables ...`,
   * `docker compose up`, the installation of Docker.
   */
  readonly labCommand: { params: { readonly command: string }; result: { readonly did: string } }
  /** Ends it and removes all that it made. */
  readonly endLab: { params: None; result: None }
}

/** A scene for a list; `name` is what `--sandbox` takes. */
export interface SceneSummary {
  readonly name: string
  readonly title: string
  readonly description: string
}

export interface StreamId {
  readonly id: string
}

/** In characters. */
export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** One line of a log; `note` is Hopwire's own word within it. `at` is ISO 8601 with nanoseconds as Docker gives it, or null. */
export interface LogLine {
  readonly stream: 'stdout' | 'stderr' | 'note'
  readonly at: string | null
  readonly text: string
}

/** The events of these parts. */
export interface ManageEvents {
  readonly actionProgress: { readonly text: string; readonly fraction: number | null }
  /** What can be undone, or which images there are, has changed. */
  readonly managerChanged: { readonly undo: string | null; readonly redo: string | null }
  readonly logLines: { readonly id: string; readonly lines: readonly LogLine[]; readonly ended: boolean }
  /** `data` is base64; `exitCode` is not null with the last one (-1 where it is not known). */
  readonly terminalOutput: { readonly id: string; readonly data: string; readonly exitCode: number | null }
  /** The lab was graded anew; null when it ended. */
  readonly labChanged: LabState | null
}
