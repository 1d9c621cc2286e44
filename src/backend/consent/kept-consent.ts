import type { HelperAnswer, HelperRecord, Settings } from '../settings/settings.ts'
import type { SettingsFile } from '../settings/settings-file.ts'
import type { Consent, ConsentGiver, EngineName } from './consent.ts'

/**
 * Returns the giver of the app: what was answered before for an engine, `pending` where nothing was. An answer `forced` on
 * the command line or by the environment goes first and is not kept: it is for this run; what the user says later is.
 */
export function keptConsent(file: SettingsFile, forced: HelperAnswer | null = null): ConsentGiver {
  return {
    decide: async (engine) => {
      if (forced !== null) return { answer: forced, note: null }
      const { record, problem } = await readRecord(file, engine)
      return { answer: record?.answer ?? 'pending', note: problem }
    },
    answer: (engine, answer) => keepAnswer(file, engine, answer),
  }
}

/** Reads what is kept of an engine. */
export async function readRecord(
  file: SettingsFile,
  engine: EngineName,
): Promise<{ readonly record: HelperRecord | null; readonly problem: string | null }> {
  const { settings, problem } = await file.read()
  const record = Object.hasOwn(settings.helper, engine.id) ? settings.helper[engine.id] : undefined
  return { record: record ?? null, problem }
}

/** Keeps an answer, and gives it back; the note says why it could not be kept. */
export async function keepAnswer(file: SettingsFile, engine: EngineName, answer: HelperAnswer): Promise<Consent> {
  const problem = await file.update((settings) => withRecord(settings, engine, { answer }))
  return { answer, note: problem === null ? null : `your answer could not be kept: ${problem}` }
}

/** Keeps that the user was told of the helper's use; that this could not be kept matters to nobody. */
export async function keepTold(file: SettingsFile, engine: EngineName): Promise<void> {
  await file.update((settings) => withRecord(settings, engine, { told: true }))
}

function withRecord(settings: Settings, engine: EngineName, change: Partial<HelperRecord>): Settings {
  const known = settings.helper[engine.id] ?? { engine: engine.label, answer: null, told: false }
  return { ...settings, helper: { ...settings.helper, [engine.id]: { ...known, engine: engine.label, ...change } } }
}
