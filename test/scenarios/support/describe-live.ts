import { afterAll, beforeAll, describe } from 'vitest'
import { type Generation, whyNoLab } from '../../lab/index.ts'
import type { Setup } from './plan.ts'
import { openStage, type Stage } from './stage.ts'

const reason = whyNoLab()

/** Describes scenarios that run on real engines of both generations, one engine after the other. */
export function describeLive(
  title: string,
  setup: (generation: Generation) => Setup,
  body: (stage: () => Stage, generation: Generation) => void,
  generations: readonly Generation[] = ['20', '28'],
): void {
  const skipped = reason === undefined ? '' : ` (skipped: ${reason})`
  describe.skipIf(reason !== undefined).each(generations)(`${title} on Docker %s${skipped}`, (generation) => {
    let opened: Stage | null = null

    beforeAll(async () => {
      opened = await openStage(setup(generation))
    })

    afterAll(() => opened?.close())

    body(() => {
      if (opened === null) throw new Error('the stage is not open')
      return opened
    }, generation)
  })
}
