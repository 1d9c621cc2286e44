/** What the command line touches of its process; tests hand in their own. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly stdout: CliStream
  readonly stderr: CliStream
  /** Reads standard input to its end, as UTF-8. */
  readonly readStdin: () => Promise<string>
  /** Asks on the terminal and gives the line that was typed, null at its end; null where nobody sits at one. */
  readonly ask: ((question: string) => Promise<string | null>) | null
  /** Fires on Ctrl-C, SIGTERM, and when the reader of standard output has gone. */
  readonly signal: AbortSignal
}

/** One output stream. `columns` is undefined where it is not a terminal. */
export interface CliStream {
  readonly terminal: boolean
  readonly columns: number | undefined
  write(text: string): void
}
