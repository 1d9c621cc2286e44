import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
import { type Generation, whyNoLab } from '../../lab/index.ts'
import { describeCommands } from './describe-commands.ts'
import { describeContainers } from './describe-containers.ts'
import { describeImages } from './describe-images.ts'
import { describeNetworks } from './describe-networks.ts'
import { describeRefusals } from './describe-refusals.ts'
import { DrivenHost } from './driven-host.ts'

const reason = whyNoLab()

/** The manager of a real engine, each action done through the service's methods and looked at with the docker command. */
export function describeManager(generation: Generation): void {
  describe(`the manager on Docker ${generation}${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
    if (reason !== undefined) return it.skip(reason, () => undefined)
    let host: DrivenHost

    beforeAll(async () => {
      host = await DrivenHost.start(generation)
    })
    afterAll(() => host?.stop())
    const clean = async (): Promise<void> => {
      const containers = await host.names('container')
      if (containers.length > 0) await host.docker('rm', '-fv', ...containers)
      const networks = await host.names('network')
      if (networks.length > 0) await host.docker('network', 'rm', ...networks)
    }

    describe('acts', () => {
      afterEach(clean)
      describeNetworks(() => host)
      describeContainers(() => host)
      describeImages(() => host)
    })
    // These leave nothing behind, so that one setting serves all of them.
    describe('prints the command', () => {
      afterAll(clean)
      describeCommands(() => host, generation)
    })
    describe('foresees', () => {
      afterAll(clean)
      describeRefusals(() => host, generation)
    })
  })
}
