import type { Match } from '../../host/match.ts'
import type { Option } from './options.ts'

/** The piece of a rule that names a module: its words as written, and of which IP version the rule is. */
export interface ModulePiece {
  readonly text: string
  readonly family: 'ip' | 'ip6'
}

/** Reads the options of one module into conditions; null when anything of it is not modelled. */
export type ModuleReader = (options: readonly Option[], piece: ModulePiece) => readonly Match[] | null

/** Tells whether all options of a module are among some names. */
export function onlyNamed(options: readonly Option[], names: readonly string[]): boolean {
  return options.every(({ name }) => names.includes(name))
}

/** Reads one option into one condition; null when it is not modelled. */
type OptionReader = (option: Option) => Match | null

/** A module whose options are conditions on their own. Without options only tcp, udp and their like make sense. */
export function each(read: OptionReader): ModuleReader {
  return (options) => {
    const matches: Match[] = []
    for (const option of options) {
      const match = read(option)
      if (match === null) return null
      matches.push(match)
    }
    return matches
  }
}
