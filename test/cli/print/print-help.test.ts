import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/cli/args/command-specs.ts'
import { optionsOf } from '../../../src/cli/args/option-spec.ts'
import { printCommandHelp } from '../../../src/cli/print/print-help.ts'

describe('the help page of a command', () => {
  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s has every option that it takes',
    (_, command) => {
      const page = printCommandHelp(command).join('\n')
      const untold = optionsOf(command).filter(({ name }) => !new RegExp(`^  (-\\w, )?--${name}\\b`, 'm').test(page))
      expect(untold.map(({ name }) => name)).toEqual([])
    },
  )
})
