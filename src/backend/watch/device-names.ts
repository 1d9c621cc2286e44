import type { HostState } from '../../core/host/host-state.ts'

/** Names of devices by namespace and index, of now and of before: a packet may outlive the device that it passed. */
export class DeviceNames {
  readonly #names = new Map<string, string>()

  /** Takes the names of a state of the host. */
  learn(state: HostState): void {
    for (const { id, interfaces } of state.namespaces)
      for (const { index, name } of interfaces) this.#names.set(`${id} ${index}`, name)
  }

  /** Returns a device's name; `if7` as long as nobody has told it, and `any` where the index is not known. */
  nameOf(namespace: string, index: number | null): string {
    return index === null ? 'any' : (this.#names.get(`${namespace} ${index}`) ?? `if${index}`)
  }
}
