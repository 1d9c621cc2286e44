import type { StoreApi } from 'zustand/vanilla'
import type { Client } from '../../protocol/connect.ts'
import type { AppState } from './store.ts'

export interface ConsoleActions {
  /** Takes a connected client; what was open of an earlier one has ended. */
  followConsole(client: Client): void
  /** Opens a container's log in the foot, or turns to it where it is open. */
  showLogs(container: string): void
  /** Opens a shell inside a container in the foot. */
  showTerminal(container: string): void
}

/** Returns the actions of logs and terminals. */
export function createConsoleActions(
  _set: StoreApi<AppState>['setState'],
  _get: StoreApi<AppState>['getState'],
): ConsoleActions {
  return { followConsole: () => undefined, showLogs: () => undefined, showTerminal: () => undefined }
}
