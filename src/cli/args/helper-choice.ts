import { readHelperOption } from '../../backend/consent/read-helper-option.ts'
import type { HelperAnswer } from '../../backend/settings/settings.ts'
import type { ParsedOptions } from './parse-options.ts'
import { parsed, refused, type Parsed } from './parsed.ts'

/** What the options, else the environment, say about the privileged helper; null when they say nothing. */
export function chooseHelper(
  { values }: ParsedOptions,
  env: Readonly<Record<string, string | undefined>>,
): Parsed<HelperAnswer | null> {
  const without = ['snapshot', 'sandbox'].find((name) => name in values)
  if ('helper' in values && without !== undefined)
    return refused(`--helper goes with an engine; with --${without} there is none to run it on`)
  const read = readHelperOption(values.helper, env)
  return read.ok ? parsed(read.value) : refused(read.failure.message)
}
