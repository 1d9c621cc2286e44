import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findPackageRoot } from '../package-root.ts'

/** Programs for the helper's Perl, each in several files that make one text: the first has what all use, the last begins. */
export const WATCH_PROBE = [
  'watch-probe.pl',
  'watch-packets.pl',
  'watch-tools.pl',
  'watch-drops.pl',
  'watch-run.pl',
] as const
export const READ_HOST = ['read-host.pl', 'read-namespace.pl', 'read-run.pl'] as const
export const SEND_PROBE = [
  'send-probe.pl',
  'send-answers.pl',
  'send-packets.pl',
  'send-connections.pl',
  'send-run.pl',
] as const

/** Returns the text of one of the helper's scripts, or of several as one, as it is handed to its interpreter. */
export function scriptText(...names: readonly string[]): string {
  const folder = join(findPackageRoot(), 'resources', 'probe')
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
}
