import { parseIptablesSave } from '../../../../src/core/parse/iptables-save.ts'
import type { ReadTables } from '../../../../src/core/synth/synthesize-host.ts'

/** The product's own reading of rules; what Hopwire itself wrote must be readable without a problem. */
export const readTables: ReadTables = (text, family) => {
  const parsed = parseIptablesSave(text, { family, backend: 'nft' })
  if (parsed.problems.length > 0) throw new Error(JSON.stringify(parsed.problems))
  return parsed.tables
}
