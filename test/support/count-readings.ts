import type { Source } from '../../src/backend/sources/source.ts'

/** Counts how often a source is read whole, and how often for what has changed. */
export interface ReadingCounter {
  watch(source: Source): Source
  whole(): number
  changes(): number
}

/** A whole reading shows as the phase `reading`, whoever asked for it: changes that cannot be told apart end in one, too. */
export function countReadings(): ReadingCounter {
  let whole = 0
  let changes = 0
  return {
    watch(source) {
      let before = ''
      source.onChange(() => {
        const { phase } = source.status()
        if (phase === 'reading' && before !== 'reading') whole += 1
        before = phase
      })
      const load = source.load.bind(source)
      source.load = (signal, reading) => {
        if (reading === 'changes') changes += 1
        return load(signal, reading)
      }
      return source
    },
    whole: () => whole,
    changes: () => changes,
  }
}
