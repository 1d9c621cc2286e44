import type { Failure, Outcome } from '../../protocol/contract.ts'
import type { ManageMethods } from '../../protocol/manage-methods.ts'
import type { Service } from '../../protocol/service.ts'

type SceneMethod = Extract<
  keyof ManageMethods,
  'saveScene' | 'openScene' | 'listScenes' | 'openSandbox' | 'leaveSandbox'
>

/** Returns the methods that save and open the sandbox's scene. */
export function createSceneMethods(): Pick<Service['methods'], SceneMethod> {
  return {
    listScenes: async () => ({ ok: true, value: [] }),
    openSandbox: async () => refuse(),
    leaveSandbox: async () => refuse(),
    saveScene: async () => refuse(),
    openScene: async () => refuse(),
  }
}

function refuse(): Outcome<never> {
  const failure: Failure = { code: 'not-managed', message: 'only a sandbox has a scene', hint: 'open a sandbox' }
  return { ok: false, failure }
}
