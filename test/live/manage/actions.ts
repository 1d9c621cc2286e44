import type { ContainerSpec, ManageAction, NetworkSpec } from '../../../src/core/manage/action.ts'
import { busyboxImage } from '../../lab/index.ts'

/** A container that does nothing, and ends as soon as it is told to. */
export const idle = (name: string, more: Partial<ContainerSpec> = {}): ContainerSpec => ({
  name,
  image: busyboxImage,
  command: ['sh', '-c', 'trap exit TERM; sleep 1000000 & wait'],
  ...more,
})
export const run = (container: ContainerSpec): ManageAction => ({ kind: 'run-container', container })
export const create = (network: NetworkSpec): ManageAction => ({ kind: 'create-network', network })
