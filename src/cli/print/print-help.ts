import { COMMANDS } from '../args/command-specs.ts'
import { GLOBAL_OPTIONS, HELPER_OPTION, HOST_OPTIONS, type CommandSpec, type OptionSpec } from '../args/option-spec.ts'
import { wrap } from './line.ts'

const WIDTH = 80

/** The page of `hopwire --help`. */
export function printHelp(): readonly string[] {
  return [
    'Hopwire shows how packets really travel through Docker networking.',
    '',
    'Usage:',
    ...COMMANDS.flatMap((command) => command.usage.map((usage) => `  hopwire ${usage}`)),
    '',
    'Commands:',
    ...table(COMMANDS.map((command) => [command.name, command.summary])),
    '',
    'Options that choose the host (else DOCKER_HOST, the current Docker context, the usual socket):',
    ...table(HOST_OPTIONS.map(optionRow)),
    ...engineOptions(),
    '',
    'Options of every command:',
    ...table(GLOBAL_OPTIONS.map(optionRow)),
    '',
    'Examples:',
    '  hopwire trace web facebook.com          an ICMP echo to the internet, and its answer',
    '  hopwire trace external host:8080        a TCP SYN from the LAN to a published port',
    '  hopwire snapshot -o host.json           save this host; trace on it with --snapshot',
    '',
    '"hopwire COMMAND --help" tells more about one command.',
  ]
}

/** The page of `hopwire COMMAND --help`. */
export function printCommandHelp(command: CommandSpec): readonly string[] {
  return [
    `hopwire ${command.name}: ${command.summary}`,
    '',
    'Usage:',
    ...command.usage.map((usage) => `  hopwire ${usage}`),
    '',
    'Options:',
    ...table(command.options.map(optionRow)),
    ...(command.choosesHost ? hostOptions() : []),
    '',
    'Options of every command:',
    ...table(GLOBAL_OPTIONS.map(optionRow)),
    ...command.notes.flatMap((note) => ['', ...wrap(note, WIDTH)]),
  ]
}

function hostOptions(): readonly string[] {
  return ['', 'Options that choose the host:', ...table(HOST_OPTIONS.map(optionRow)), ...engineOptions()]
}

function engineOptions(): readonly string[] {
  return ['', 'On an engine:', ...table([optionRow(HELPER_OPTION)])]
}

function optionRow(option: OptionSpec): readonly [string, string] {
  const short = option.short === undefined ? '' : `-${option.short}, `
  return [`${short}--${option.name}${option.value === null ? '' : ` ${option.value}`}`, option.help]
}

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.flatMap(([name, help]) =>
    wrap(help, WIDTH - width - 4).map((text, index) => `  ${(index === 0 ? name : '').padEnd(width)}  ${text}`),
  )
}
