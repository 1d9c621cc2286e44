import { isRecord } from '../../core/parse/json-value.ts'

/** What the user has answered when Hopwire asked for its privileged helper. */
export type HelperAnswer = 'allowed' | 'refused'

/** What is kept of one engine. `engine` is its address, for who reads the file. */
export interface HelperRecord {
  readonly engine: string
  /** Null as long as nobody was asked. */
  readonly answer: HelperAnswer | null
  /** Whether a command that could ask nobody has said that it used the helper. */
  readonly told: boolean
}

/** Everything that Hopwire keeps of its user's choices. `helper` has an entry per engine, by the engine's id. */
export interface Settings {
  readonly helper: Readonly<Record<string, HelperRecord>>
}

/** The settings of who has not chosen anything. */
export const DEFAULT_SETTINGS: Settings = { helper: {} }

/**
 * Reads settings from a file's JSON. What is not as it should be is left out, and with it only the entry that it stands in:
 * an answer that cannot be read is one that was not given.
 */
export function readSettings(input: unknown): Settings {
  if (!isRecord(input) || !isRecord(input['helper'])) return DEFAULT_SETTINGS
  const entries = Object.entries(input['helper']).flatMap(([id, value]) => {
    if (!isRecord(value)) return []
    const { engine, answer, told } = value
    const known = answer === 'allowed' || answer === 'refused' ? answer : null
    const entry: HelperRecord = { engine: typeof engine === 'string' ? engine : '', answer: known, told: told === true }
    return [[id, entry] as const]
  })
  return { helper: Object.fromEntries(entries) }
}
