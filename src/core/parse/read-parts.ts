import { assembleNamespace, type FramesByCommand, parseNetnsIds, type RawNamespace } from './assemble-namespace.ts'
import type { Frame } from './frames.ts'

/** What the helper printed of one container's first process. */
export interface ReadProcess {
  /** The id of its namespace; null where it could not be had, and `why` then says why. */
  readonly namespace: string | null
  readonly why: string
  readonly resolvConf: string | null
  readonly hosts: string | null
}

/** What the helper printed in one run, made sense of piece by piece, so that a later run can replace some of the pieces. */
export interface ReadParts {
  /** The id of the host's own namespace. */
  readonly self: string
  readonly hostname: string | null
  readonly kernel: string | null
  /** The host's own resolver file. */
  readonly resolvConf: string | null
  /** The ids that the host's namespace gives to others: by id the other's inode. */
  readonly netnsIds: ReadonlyMap<number, string> | null
  /** By process id, as the engine counts. */
  readonly processes: ReadonlyMap<number, ReadProcess>
  /** The host's own, and that of each process; by id. */
  readonly namespaces: ReadonlyMap<string, RawNamespace>
}

const hostId = 'host'

/** Takes frames apart. What is missing among them becomes a gap of the namespace where it is missing. */
export function readParts(frames: readonly Frame[]): ReadParts {
  const byCommand = firstByCommand(frames)
  const output = (command: string): string | null => byCommand.get(command)?.output.trim() ?? null
  const self = output('self') ?? hostId
  const processes = readProcesses(frames, byCommand)
  const groups = groupFrames(frames)
  const ids = new Set([self, ...[...processes.values()].flatMap(({ namespace }) => namespace ?? [])])
  const netnsIds = output('netnsids')
  return {
    self,
    hostname: output('hostname'),
    kernel: output('kernel'),
    resolvConf: fileOf(byCommand, 'resolv:self'),
    netnsIds: netnsIds === null ? null : parseNetnsIds(netnsIds),
    processes,
    namespaces: new Map([...ids].map((id) => [id, assembleNamespace(id, groups.get(id) ?? new Map())])),
  }
}

/** The first frame of each command that succeeded. */
function firstByCommand(frames: readonly Frame[]): FramesByCommand {
  const found = new Map<string, Frame>()
  for (const frame of frames) if (frame.exit === 0 && !found.has(frame.command)) found.set(frame.command, frame)
  return found
}

function groupFrames(frames: readonly Frame[]): ReadonlyMap<string, FramesByCommand> {
  const groups = new Map<string, Map<string, Frame>>()
  for (const frame of frames) {
    const group = groups.get(frame.namespace) ?? new Map<string, Frame>()
    group.set(frame.command, frame)
    groups.set(frame.namespace, group)
  }
  return groups
}

/** `pid:N` frames tell the namespace of each container's first process. */
function readProcesses(frames: readonly Frame[], byCommand: FramesByCommand): ReadonlyMap<number, ReadProcess> {
  const processes = new Map<number, ReadProcess>()
  for (const { command, exit, output, error } of frames) {
    if (!command.startsWith('pid:')) continue
    const pid = Number(command.slice(4))
    const namespace = exit === 0 ? output.trim() : (processes.get(pid)?.namespace ?? null)
    processes.set(pid, {
      namespace,
      why: namespace === null ? error.trim() : '',
      resolvConf: fileOf(byCommand, `resolv:${pid}`),
      hosts: fileOf(byCommand, `hosts:${pid}`),
    })
  }
  return processes
}

/** The shell drops trailing line ends; a resolver file has one. */
function fileOf(byCommand: FramesByCommand, command: string): string | null {
  const frame = byCommand.get(command)
  return frame === undefined ? null : `${frame.output}\n`
}
