import type { Duplex, Readable } from 'node:stream'

/** What a log or a terminal needs to know of a container. */
export interface ConsoleContainer {
  readonly id: string
  readonly name: string
  readonly running: boolean
  /** Its output is one stream with a terminal's line ends, not two in frames. */
  readonly tty: boolean
}

/** A program that was started inside a container. */
export interface ConsoleExec {
  readonly stream: Duplex
  /** In characters. */
  resize(size: { readonly columns: number; readonly rows: number }): Promise<void>
  /** Null as long as it runs; -1 where the engine does not say. */
  exitCode(): Promise<number | null>
}

/** The engine's calls for logs and terminals. They reject with the engine's own errors. */
export interface ConsoleCalls {
  look(container: string): Promise<ConsoleContainer>
  /** The last lines and what comes after them, each with its time stamp. */
  logs(id: string, tail: number): Promise<Readable>
  exec(id: string, command: readonly string[], options: ExecOptions): Promise<ConsoleExec>
}

export interface ExecOptions {
  readonly tty: boolean
  readonly env: readonly string[]
}

/** The part of dockerode that this takes. */
export interface RawDocker {
  getContainer(id: string): {
    inspect(): Promise<{
      readonly Id: string
      readonly Name: string
      readonly State: { readonly Running: boolean }
      readonly Config: { readonly Tty: boolean }
    }>
    logs(options: {
      readonly follow: true
      readonly stdout: true
      readonly stderr: true
      readonly timestamps: true
      readonly tail: number
    }): Promise<unknown>
    exec(options: object): Promise<{
      start(options: { hijack: true; stdin: true; Tty: boolean }): Promise<Duplex>
      resize(options: { h: number; w: number }): Promise<unknown>
      inspect(): Promise<{ readonly Running: boolean; readonly ExitCode: number | null }>
    }>
  }
}

/** Returns those calls over dockerode. */
export function createConsoleCalls(docker: RawDocker): ConsoleCalls {
  return {
    look: async (container) => {
      const { Id, Name, State, Config } = await docker.getContainer(container).inspect()
      return { id: Id, name: Name.replace(/^\//, ''), running: State.Running, tty: Config.Tty }
    },
    logs: async (id, tail) => {
      const wanted = { follow: true, stdout: true, stderr: true, timestamps: true, tail } as const
      return (await docker.getContainer(id).logs(wanted)) as Readable
    },
    exec: (id, command, options) => startExec(docker, id, command, options),
  }
}

async function startExec(
  docker: RawDocker,
  id: string,
  command: readonly string[],
  { tty, env }: ExecOptions,
): Promise<ConsoleExec> {
  const attach = { AttachStdin: true, AttachStdout: true, AttachStderr: true }
  const exec = await docker.getContainer(id).exec({ ...attach, Cmd: [...command], Env: [...env], Tty: tty })
  const stream = await exec.start({ hijack: true, stdin: true, Tty: tty })
  return {
    stream,
    resize: async ({ columns, rows }) => void (await exec.resize({ h: rows, w: columns })),
    exitCode: async () => {
      const { Running, ExitCode } = await exec.inspect()
      return Running ? null : (ExitCode ?? -1)
    },
  }
}
