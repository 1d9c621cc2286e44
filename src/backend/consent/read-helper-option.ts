import type { Outcome } from '../../protocol/contract.ts'
import type { HelperAnswer } from '../settings/settings.ts'

/** The variable that answers for who cannot be asked. */
export const HELPER_VARIABLE = 'HOPWIRE_HELPER'

/**
 * Returns what `--helper` says about the privileged helper, else HOPWIRE_HELPER, else null. Anything but `allow` and
 * `refuse` is a failure: nobody should believe that they have refused when they have not.
 */
export function readHelperOption(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Outcome<HelperAnswer | null> {
  const variable = env[HELPER_VARIABLE]
  const [name, value] = option === undefined ? [HELPER_VARIABLE, variable] : ['--helper', option]
  if (value === undefined || (value === '' && option === undefined)) return { ok: true, value: null }
  if (value === 'allow') return { ok: true, value: 'allowed' }
  if (value === 'refuse') return { ok: true, value: 'refused' }
  const message = `${name}: ${JSON.stringify(value)} is neither allow nor refuse`
  return { ok: false, failure: { code: 'bad-params', message } }
}
