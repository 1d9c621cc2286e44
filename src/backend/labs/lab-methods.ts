import type { LabMethods } from '../../protocol/manage-methods.ts'
import type { Service } from '../../protocol/service.ts'
import type { LabDesk } from './lab-desk.ts'

/** Returns the methods of the contract that are about labs. */
export function createLabMethods(desk: LabDesk): Pick<Service['methods'], keyof LabMethods> {
  return {
    listLabs: async () => ({ ok: true, value: desk.list() }),
    labState: async () => ({ ok: true, value: await desk.grade() }),
    startLab: async ({ lab, ground }) => desk.start(lab, ground),
    labCommand: async ({ command }) => desk.command(command),
    endLab: async () => desk.end(),
  }
}
