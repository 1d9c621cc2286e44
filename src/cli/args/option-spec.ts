/** One option of a command. `value` is the placeholder of its argument, null for a switch. */
export interface OptionSpec {
  readonly name: string
  readonly short?: string
  readonly value: string | null
  readonly help: string
}

/** One command: what its help page says and what its options may be. */
export interface CommandSpec {
  readonly name: string
  /** Its forms, without the program's name. */
  readonly usage: readonly string[]
  readonly summary: string
  readonly options: readonly OptionSpec[]
  /** Whether it takes the options that choose a host. */
  readonly choosesHost: boolean
  /** Paragraphs below the options. */
  readonly notes: readonly string[]
}

/** Options that every command takes. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: 'color', value: null, help: 'colour the output, also when it is not a terminal' },
  { name: 'no-color', value: null, help: 'never colour the output (so does NO_COLOR in the environment)' },
  { name: 'help', short: 'h', value: null, help: 'print this page' },
  { name: 'version', short: 'V', value: null, help: 'print the version' },
]

/** Options that say which host is meant; at most one of them. */
export const HOST_OPTIONS: readonly OptionSpec[] = [
  { name: 'docker-host', value: 'URL', help: 'the engine at URL: unix:///path or tcp://address:port' },
  { name: 'context', value: 'NAME', help: 'the engine of a Docker context' },
  { name: 'snapshot', value: 'FILE', help: 'a host saved by "hopwire snapshot"; needs no Docker' },
  { name: 'sandbox', value: 'FILE|NAME', help: 'a simulated host: a scene, a compose file, or one that comes along' },
]

/** What is said about the privileged helper of an engine. */
export const HELPER_OPTION: OptionSpec = {
  name: 'helper',
  value: 'allow|refuse',
  help: 'whether the privileged helper may be used, this time (so does HOPWIRE_HELPER)',
}

/** Every option that a command takes, in the order of its help page. */
export function optionsOf(command: CommandSpec): readonly OptionSpec[] {
  return [...command.options, ...(command.choosesHost ? [...HOST_OPTIONS, HELPER_OPTION] : []), ...GLOBAL_OPTIONS]
}
