import type { IpSet } from '../host/ruleset.ts'
import type { Parsed, ParseProblem } from './problem.ts'

/** Parses `ipset save`: `create NAME TYPE options...` and `add NAME MEMBER options...`. */
export function parseIpsets(text: string): Parsed<readonly IpSet[]> {
  const sets = new Map<string, { name: string; type: string; options: string; members: string[] }>()
  const problems: ParseProblem[] = []
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    const [verb, name = '', third = '', ...rest] = line.trim().split(' ')
    if (verb === 'create') sets.set(name, { name, type: third, options: rest.join(' '), members: [] })
    else if (verb === 'add' && sets.has(name)) sets.get(name)?.members.push([third, ...rest].join(' '))
    else problems.push({ message: `not a line of ipset save: ${line}`, line: index + 1 })
  })
  return { value: [...sets.values()], problems }
}
