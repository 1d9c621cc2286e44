import type { Failure, Outcome } from '../../protocol/contract.ts'
import type { ManageMethods } from '../../protocol/manage-methods.ts'
import type { Service } from '../../protocol/service.ts'

/** Returns the methods that save and open the sandbox's scene. */
export function createSceneMethods(): Pick<
  Service['methods'],
  Extract<keyof ManageMethods, 'saveScene' | 'openScene'>
> {
  return {
    saveScene: async () => refuse(),
    openScene: async () => refuse(),
  }
}

function refuse(): Outcome<never> {
  const failure: Failure = { code: 'not-managed', message: 'only a sandbox has a scene', hint: 'open a sandbox' }
  return { ok: false, failure }
}
