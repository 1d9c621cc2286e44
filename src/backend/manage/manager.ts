import type { ManageAction } from '../../core/manage/action.ts'
import type { ImageInfo, Inspected, ManagerInfo, ObjectKind } from '../../core/manage/inventory.ts'
import type { ActionPlan } from '../../core/manage/plan.ts'
import type { Failure, Outcome } from '../../protocol/contract.ts'
import type { LogLine, TerminalSize } from '../../protocol/manage-methods.ts'

/** Says how far an action is. */
export type OnProgress = (text: string, fraction: number | null) => void

/** What was done, and what would take it back: the steps in order, or null where nothing can. */
export interface Performed {
  readonly did: string
  readonly notes: readonly string[]
  /** What was imported. */
  readonly images?: readonly string[]
  readonly back: Undo | null
}

/** What was done; or why not, with the way back where something was done before it was refused. */
export type Attempt = Outcome<Performed> | { readonly ok: false; readonly failure: Failure; readonly back: Undo }

/** A way back. `label` completes "undo: ". Doing it gives the way forth again, for redo. */
export interface Undo {
  readonly label: string
  run(onProgress: OnProgress, signal: AbortSignal): Promise<Outcome<Performed>>
}

/** A file that the user has handed over. */
export interface UploadedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A stream that was opened; `close` ends it and what it started, and may be called twice. */
export interface OpenedStream {
  close(): void
}

/** A terminal inside a container. */
export interface OpenedTerminal extends OpenedStream {
  write(data: string): void
  resize(size: TerminalSize): void
}

export interface TerminalHandler {
  onOutput(bytes: Uint8Array): void
  /** -1 where it is not known. Called once, also after `close`. */
  onExit(code: number): void
}

export interface LogHandler {
  onLines(lines: readonly LogLine[]): void
  onEnd(): void
}

/**
 * Changes a host: a real engine or the sandbox, through the same words. Nothing here throws: what the engine refuses is a
 * failure `engine-refused` in its own words. The history of what was done is kept by who calls.
 */
export interface Manager {
  info(): Pick<ManagerInfo, 'kind' | 'generation' | 'lacks'>
  images(signal: AbortSignal): Promise<Outcome<readonly ImageInfo[]>>
  inspect(kind: ObjectKind, name: string, signal: AbortSignal): Promise<Outcome<Inspected>>
  plan(action: ManageAction, reach: boolean, signal: AbortSignal): Promise<Outcome<ActionPlan>>
  /** `file` is what `import-image` imports. After a cancel half way nothing of it is left. */
  perform(
    action: ManageAction,
    file: UploadedFile | null,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Attempt>
  openLogs(container: string, tail: number, handler: LogHandler): Promise<Outcome<OpenedStream>>
  openTerminal(
    container: string,
    command: readonly string[],
    size: TerminalSize,
    handler: TerminalHandler,
  ): Promise<Outcome<OpenedTerminal>>
}
