import type { Parsed, ParseProblem } from './problem.ts'

/** Parses `PATH:VALUE` lines as grep prints them from below /proc/sys/net. Device names may contain colons; paths win. */
export function parseSysctls(text: string): Parsed<Readonly<Record<string, string>>> {
  const value: Record<string, string> = {}
  const problems: ParseProblem[] = []
  text.split('\n').forEach((line, index) => {
    if (line === '') return
    // The last part of the path has no colon, and a device name (conf/eth0:1/...) may: take the last slash first.
    const match = /^(.*\/[^/:]+):(.*)$/.exec(line)
    if (match === null) problems.push({ message: `not a sysctl: ${line}`, line: index + 1 })
    else value[match[1] ?? ''] = (match[2] ?? '').trim()
  })
  return { value, problems }
}
