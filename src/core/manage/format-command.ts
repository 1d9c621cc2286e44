import type { ManageAction } from './action.ts'

/** Returns the `docker` command that does the same as an action, on one line, quoted for a POSIX shell. */
export function formatCommand(action: ManageAction): string {
  return `docker ${action.kind}`
}
