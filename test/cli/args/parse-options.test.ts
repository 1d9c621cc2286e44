import { describe, expect, test } from 'vitest'
import { findCommand } from '../../../src/cli/args/command-specs.ts'
import { parseOptions } from '../../../src/cli/args/parse-options.ts'

/** Reads a command as a shell would split it; none of the rows needs quotes. */
function read(line: string) {
  const [, name = '', ...words] = line.split(' ')
  const command = findCommand(name)
  if (command === undefined) throw new Error(`no command in "${line}"`)
  return parseOptions(command, words)
}

describe('parseOptions', () => {
  test.each([
    ['hopwire trace web db', {}, [], ['web', 'db']],
    ['hopwire trace web db --proto udp --port 53', { proto: 'udp', port: '53' }, [], ['web', 'db']],
    ['hopwire trace --port=80 web db --tried --json', { port: '80' }, ['tried', 'json'], ['web', 'db']],
    ['hopwire trace --flows - --json', { flows: '-' }, ['json'], []],
    ['hopwire snapshot -o h.json', { output: 'h.json' }, [], []],
    ['hopwire snapshot --resolve a.example,b.example', { resolve: 'a.example,b.example' }, [], []],
    ['hopwire serve --no-open --port 0', { port: '0' }, ['no-open'], []],
    ['hopwire trace -- web db', {}, [], ['web', 'db']],
    ['hopwire trace -h', {}, ['help'], []],
  ])('%s', (line, values, switches, positionals) => {
    const options = read(line)
    expect(options.ok && { ...options.value, switches: [...options.value.switches] }).toEqual({
      values,
      switches,
      positionals,
    })
  })

  test.each([
    ['hopwire trace web db --prot udp', 'unknown option --prot; "hopwire trace" takes --proto, --port,'],
    ['hopwire serve --tried', 'unknown option --tried; "hopwire serve" takes --port, --no-open,'],
    ['hopwire trace web db -p 80', 'unknown option -p;'],
    ['hopwire trace web db --proto', '--proto needs a value: --proto icmp|tcp|udp'],
    ['hopwire trace web db --proto --port 5', '--proto needs a value: --proto icmp|tcp|udp'],
    ['hopwire trace web db --json=yes', '--json takes no value, but "yes" was given'],
    ['hopwire trace web db --port 1 --port 2', '--port is given twice, as "1" and as "2"'],
  ])('%s is refused', (line, problem) => {
    const options = read(line)
    expect(!options.ok && options.problem.startsWith(problem) ? 'as expected' : options).toBe('as expected')
  })
})
