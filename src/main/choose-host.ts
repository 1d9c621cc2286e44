import { readHelperOption } from '../backend/consent/read-helper-option.ts'
import type { HostChoice } from '../backend/open-app-backend.ts'
import type { HelperAnswer } from '../backend/settings/settings.ts'
import type { Outcome } from '../protocol/contract.ts'

/** The options that choose the host, as on the command line. */
const OPTIONS = {
  '--docker-host': 'docker-host',
  '--context': 'context',
  '--snapshot': 'snapshot',
  '--sandbox': 'sandbox',
} as const

/**
 * Returns the host that the app's arguments choose; the current engine when they choose none. Words that are not options of
 * Hopwire are left alone: Chromium and desktop launchers add their own.
 */
export function chooseHost(args: readonly string[]): Outcome<HostChoice> {
  const chosen: HostChoice[] = []
  for (const { name, value } of listOptions(args)) {
    if (!Object.hasOwn(OPTIONS, name)) continue
    if (value === null) return refuse(`${name} needs a value`)
    chosen.push(makeChoice(OPTIONS[name as keyof typeof OPTIONS], value))
  }
  if (chosen.length > 1)
    return refuse('--docker-host, --context, --snapshot and --sandbox each choose the host; give one of them')
  return { ok: true, value: chosen[0] ?? { kind: 'default' } }
}

/** Returns what the app's arguments, else the environment, say about the privileged helper; null when they say nothing. */
export function chooseHelper(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Outcome<HelperAnswer | null> {
  const given = listOptions(args).filter(({ name }) => name === '--helper')
  if (given.length > 1) return refuse('--helper is given twice')
  return readHelperOption(given[0] === undefined ? undefined : (given[0].value ?? ''), env)
}

/** Every word that may be an option with the value that it would have; null where there is none. */
function listOptions(args: readonly string[]): readonly { readonly name: string; readonly value: string | null }[] {
  return args.map((word, index) => {
    const [name, inline] = splitOption(word)
    const value = inline ?? args[index + 1] ?? ''
    return { name, value: value === '' || value.startsWith('--') ? null : value }
  })
}

function makeChoice(kind: Exclude<HostChoice['kind'], 'default'>, value: string): HostChoice {
  switch (kind) {
    case 'docker-host':
      return { kind, url: value }
    case 'context':
      return { kind, name: value }
    case 'snapshot':
      return { kind, file: value }
    case 'sandbox':
      return { kind, scene: value }
    default:
      return kind satisfies never
  }
}

function splitOption(word: string): readonly [string, string?] {
  const at = word.indexOf('=')
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)]
}

function refuse(message: string): Outcome<never> {
  return { ok: false, failure: { code: 'bad-params', message } }
}
