import { readVersion } from '../backend/package-root.ts'
import { COMMANDS, findCommand } from './args/command-specs.ts'
import { chooseHelper } from './args/helper-choice.ts'
import { chooseHost } from './args/host-choice.ts'
import type { CommandSpec } from './args/option-spec.ts'
import { parseOptions, type ParsedOptions } from './args/parse-options.ts'
import type { CliIo } from './cli-io.ts'
import type { CommandContext } from './commands/command-context.ts'
import { EXIT } from './exit-status.ts'
import { printProblem } from './print/print-failure.ts'
import { printCommandHelp, printHelp } from './print/print-help.ts'
import { chooseStyle } from './print/style.ts'

/** Loaded when they are run: a help page or a misspelt option needs no Docker client and no rule engine. */
const RUN: Readonly<Record<string, () => Promise<(context: CommandContext) => Promise<number>>>> = {
  trace: async () => (await import('./commands/trace.ts')).trace,
  watch: async () => (await import('./commands/watch.ts')).watch,
  snapshot: async () => (await import('./commands/snapshot.ts')).snapshot,
  serve: async () => (await import('./commands/serve.ts')).serve,
}

/** Runs the words after `hopwire` and gives the exit status. Everything that is printed goes through `io`. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const [name, ...rest] = args
  const names = COMMANDS.map((command) => command.name).join(', ')
  if (name === undefined) return usageError(io, `no command was given; it is one of ${names}; see "hopwire --help"`)
  if (name === '--help' || name === '-h') return print(io, printHelp())
  if (name === '--version' || name === '-V') return print(io, [`hopwire ${readVersion()}`])
  if (name === 'help') return help(rest, io)
  const command = findCommand(name)
  if (command !== undefined) return runCommand(command, rest, io)
  const given = name.startsWith('-')
    ? `the first word must be a command, but "${name}" was given`
    : `unknown command "${name}"`
  return usageError(io, `${given}; it is one of ${names}; see "hopwire --help"`)
}

function help(words: readonly string[], io: CliIo): number {
  const [word] = words
  if (word === undefined) return print(io, printHelp())
  const command = findCommand(word)
  if (command !== undefined) return print(io, printCommandHelp(command))
  return usageError(io, `no help for "${word}"; commands are ${COMMANDS.map(({ name }) => name).join(', ')}`)
}

async function runCommand(command: CommandSpec, args: readonly string[], io: CliIo): Promise<number> {
  const options = parseOptions(command, args)
  if (!options.ok) return usageError(io, options.problem)
  if (options.value.switches.has('help')) return print(io, printCommandHelp(command))
  if (options.value.switches.has('version')) return print(io, [`hopwire ${readVersion()}`])
  const host = chooseHost(options.value)
  if (!host.ok) return usageError(io, host.problem)
  const helper = chooseHelper(options.value, io.env)
  if (!helper.ok) return usageError(io, helper.problem)
  const load = RUN[command.name]
  if (load === undefined) throw new Error(`no code for the command ${command.name}`)
  const run = await load()
  return run({ options: options.value, host: host.value, helper: helper.value, io, style: styleFor(options.value, io) })
}

function styleFor(options: ParsedOptions, io: CliIo) {
  const never = options.switches.has('no-color') ? ('never' as const) : null
  const forced = never ?? (options.switches.has('color') ? ('always' as const) : null)
  const { terminal, columns } = io.stdout
  return chooseStyle({ forced, env: io.env, terminal, columns, platform: io.platform })
}

function print(io: CliIo, lines: readonly string[]): number {
  io.stdout.write(`${lines.join('\n')}\n`)
  return EXIT.arrived
}

function usageError(io: CliIo, problem: string): number {
  io.stderr.write(`${printProblem(problem)}\n`)
  return EXIT.usage
}
