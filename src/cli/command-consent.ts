import type { Consent, ConsentGiver, EngineName } from '../backend/consent/consent.ts'
import { keepAnswer, keepTold, readRecord } from '../backend/consent/kept-consent.ts'
import type { HelperAnswer } from '../backend/settings/settings.ts'
import type { SettingsFile } from '../backend/settings/settings-file.ts'
import { HELPER_QUESTION, HELPER_TERMS } from '../protocol/helper-terms.ts'
import type { CliIo } from './cli-io.ts'
import { wrap } from './print/line.ts'
import { printProblem } from './print/print-failure.ts'

/**
 * Returns the giver of a command. What `forced` says is for this run; else what was answered before; else whoever sits at
 * the terminal is asked once. Where nobody does, the command was run on purpose by a script: the helper is used, and that
 * is said on standard error the first time.
 */
export function commandConsent(
  file: SettingsFile,
  forced: HelperAnswer | null,
  terminal: Pick<CliIo, 'stderr' | 'ask'>,
): ConsentGiver {
  return {
    decide: async (engine) => {
      if (forced !== null) return { answer: forced, note: null }
      const { record, problem } = await readRecord(file, engine)
      if (problem !== null) terminal.stderr.write(`${printProblem(problem)}\n`)
      if (record !== null && record.answer !== null) return { answer: record.answer, note: problem }
      if (terminal.ask !== null) return askForHelper(file, engine, terminal.stderr, terminal.ask)
      if (record?.told !== true) await tell(file, engine, terminal.stderr)
      return { answer: 'allowed', note: problem }
    },
    answer: (engine, answer) => keepAnswer(file, engine, answer),
  }
}

/** Somebody who answers nothing is not taken to have allowed it, and is asked again the next time. */
async function askForHelper(
  file: SettingsFile,
  engine: EngineName,
  stderr: CliIo['stderr'],
  ask: NonNullable<CliIo['ask']>,
): Promise<Consent> {
  // A terminal that does not know its size says 0.
  const width = Math.min((stderr.columns || 100) - 1, 100)
  const terms = HELPER_TERMS.flatMap(({ title, text }) => wrap(plain(`${title}: ${text}`), width))
  stderr.write(`${[...terms, ''].join('\n')}\n${HELPER_QUESTION} (${engine.label})\n`)
  for (;;) {
    const line = await ask('The answer is kept for this engine; --helper allow|refuse overrides it. [y/n] ')
    const word = line?.trim().toLowerCase()
    if (word === undefined) return { answer: 'pending', note: null }
    const answer = word === 'y' || word === 'yes' ? 'allowed' : word === 'n' || word === 'no' ? 'refused' : null
    if (answer === null) continue
    const consent = await keepAnswer(file, engine, answer)
    if (consent.note !== null) stderr.write(`${printProblem(consent.note)}\n`)
    return consent
  }
}

async function tell(file: SettingsFile, engine: EngineName, stderr: CliIo['stderr']): Promise<void> {
  const what = `reading the host through a short-lived privileged container on ${engine.label}`
  stderr.write(`${printProblem(`${what}; --helper refuse does without, --helper allow says nothing of it`)}\n`)
  await keepTold(file, engine)
}

/** The terms in signs that every terminal has. */
function plain(text: string): string {
  return text.replaceAll('’', "'").replaceAll('…', '...')
}
