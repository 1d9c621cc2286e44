import { describe, expect, it } from 'vitest'
import { generatePlans } from '../conformance/generate-plan.ts'
import { type Listener, runConformance } from '../conformance/run-conformance.ts'
import { disagrees } from '../conformance/run-flow.ts'
import { count, newTally, showResult, showTallies } from '../conformance/summary.ts'
import { whyNoLab } from '../lab/index.ts'

const reason = whyNoLab()

const FLOWS = 20

/** A short run of `npm run conformance`, both engines at once: enough to notice that a part of it broke. */
describe.skipIf(reason !== undefined)(`conformance${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  it.concurrent.each(['20', '28'] as const)(
    'the prediction is the kernel’s on Docker %s',
    async (generation) => {
      const tally = newTally()
      const troubles: string[] = []
      // The first topology with IPv6 on docker0.
      const plans = generatePlans({ seed: 7, generation, flows: 2 * 42 + FLOWS }).filter(({ engine }) => engine.ipv6)
      const listener: Listener = {
        onResult: (result) => {
          count(tally, result)
          if (disagrees(result)) troubles.push(showResult(result).join('\n'))
        },
        onFailure: (what) => troubles.push(what),
        log: () => undefined,
      }
      await runConformance(plans, listener, { observe: true })
      expect(troubles.join('\n\n')).toBe('')
      expect(tally.flows, showTallies(new Map([[generation, tally]])).join('\n')).toBe(FLOWS)
      // Watching each probe takes a second or two; a busy machine multiplies that.
    },
    300_000,
  )
})
