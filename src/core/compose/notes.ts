import type { Place } from './node.ts'

/** One sentence about a compose file, and where it is about. */
export interface ComposeNote {
  readonly message: string
  readonly place: Place
}

/** All that was found out while a project was opened. */
export interface ComposeNotes {
  /** Why `docker compose up` would refuse it, or why it cannot be opened as a scene. */
  readonly problems: readonly ComposeNote[]
  /** What bears on networking and was assumed, is not fixed, or is not carried over. */
  readonly warnings: readonly ComposeNote[]
  /** What is not carried over and has no bearing on networking (volumes, builds, limits ...). */
  readonly notRelevant: readonly ComposeNote[]
}

/** Collects notes; the same sentence about the same place is kept once. */
export class NoteBook implements ComposeNotes {
  readonly problems: ComposeNote[] = []
  readonly warnings: ComposeNote[] = []
  readonly notRelevant: ComposeNote[] = []

  problem(message: string, place: Place): void {
    add(this.problems, message, place)
  }

  warn(message: string, place: Place): void {
    add(this.warnings, message, place)
  }

  leaveOut(message: string, place: Place): void {
    add(this.notRelevant, message, place)
  }
}

function add(notes: ComposeNote[], message: string, place: Place): void {
  const isThere = notes.some((note) => note.message === message && formatPlace(note.place) === formatPlace(place))
  if (!isThere) notes.push({ message, place })
}

/** Returns `FILE:LINE:COLUMN`, or the file alone for a note about the whole of it. */
function formatPlace({ file, line, column }: Place): string {
  return line === 0 ? file : `${file}:${line}:${column}`
}

/** Returns a note as one line: `FILE:LINE:COLUMN: sentence`. */
export function formatNote({ message, place }: ComposeNote): string {
  return `${formatPlace(place)}: ${message}`
}
