import { parseArgs } from 'node:util'
import { optionsOf, type CommandSpec, type OptionSpec } from './option-spec.ts'
import { parsed, refused, type Parsed } from './parsed.ts'

/** A command's arguments: values by option name, switches that were given, and the rest in order. */
export interface ParsedOptions {
  readonly values: Readonly<Record<string, string>>
  readonly switches: ReadonlySet<string>
  readonly positionals: readonly string[]
}

/**
 * Reads a command's arguments. Refuses unknown options, switches with a value, options without one, and an option
 * given twice: each would otherwise be a flow other than the one that was meant.
 */
export function parseOptions(command: CommandSpec, args: readonly string[]): Parsed<ParsedOptions> {
  const specs = optionsOf(command)
  const values: Record<string, string> = {}
  const switches = new Set<string>()
  const positionals: string[] = []
  for (const token of tokensOf(specs, args)) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const spec = specs.find((candidate) => candidate.name === token.name)
    if (spec === undefined) return refused(unknownOption(command, specs, token.rawName))
    if (spec.value === null) {
      if (token.value !== undefined) return refused(`${token.rawName} takes no value, but "${token.value}" was given`)
      switches.add(spec.name)
      continue
    }
    const problem = valueProblem(spec, token, values)
    if (problem !== null) return refused(problem)
    values[spec.name] = token.value ?? ''
  }
  return parsed({ values, switches, positionals })
}

interface OptionToken {
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

/** node:util's reading of the words; `strict: false` because its own messages do not say what is allowed. */
function tokensOf(specs: readonly OptionSpec[], args: readonly string[]) {
  const options = Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      {
        type: spec.value === null ? ('boolean' as const) : ('string' as const),
        ...(spec.short && { short: spec.short }),
      },
    ]),
  )
  return parseArgs({ args: [...args], options, strict: false, tokens: true, allowPositionals: true }).tokens
}

function valueProblem(spec: OptionSpec, token: OptionToken, values: Readonly<Record<string, string>>): string | null {
  // `--proto --port 5` would take `--port` for the protocol.
  const swallowed = token.inlineValue === false && /^-./.test(token.value ?? '')
  if (token.value === undefined || swallowed) return `${token.rawName} needs a value: ${token.rawName} ${spec.value}`
  if (spec.name in values) return `${token.rawName} is given twice, as "${values[spec.name]}" and as "${token.value}"`
  return null
}

function unknownOption(command: CommandSpec, specs: readonly OptionSpec[], rawName: string): string {
  const allowed = specs.map((spec) => `--${spec.name}`).join(', ')
  return `unknown option ${rawName}; "hopwire ${command.name}" takes ${allowed}`
}
