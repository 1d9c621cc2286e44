import type { Failure, Outcome } from '../../protocol/contract.ts'
import type { LabMethods } from '../../protocol/manage-methods.ts'
import type { Service } from '../../protocol/service.ts'

/** Returns the methods of the contract that are about labs. */
export function createLabMethods(): Pick<Service['methods'], keyof LabMethods> {
  return {
    listLabs: async () => done([]),
    labState: async () => done(null),
    startLab: async ({ lab }) => ({ ok: false, failure: noLab(lab) }),
    labCommand: async () => ({ ok: false, failure: { code: 'bad-params', message: 'no lab is under way' } }),
    endLab: async () => done({}),
  }
}

function noLab(lab: string): Failure {
  return { code: 'bad-params', message: `there is no lab ${lab}`, at: 'lab' }
}

function done<T>(value: T): Outcome<T> {
  return { ok: true, value }
}
