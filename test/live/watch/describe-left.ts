import { expect, it } from 'vitest'
import type { Generation } from '../../lab/index.ts'
import { listProcesses, readRules } from '../left-behind.ts'
import { describeWatching, SOON, stopWatching, TOOLS } from './stage.ts'

/** What a watch leaves on a host of one generation, however it ends: nothing. */
export function describeLeft(generation: Generation): void {
  describeWatching('hopwire watch', generation, (stage) => {
    it('changes no rule, and leaves nothing when its time is up', async () => {
      expect(await stage().watch('host', '--seconds', '1').ended).toMatchObject({ status: 0 })
      expect(await stage().left()).toEqual([])
      expect(await readRules(stage().engine)).toBe(stage().rules)
    })

    it.each(['SIGINT', 'SIGKILL'] as const)('leaves nothing after %s', async (signal) => {
      const { child, ended } = await stage().watching('c1')
      expect(listProcesses(stage().engine, TOOLS).length).toBeGreaterThan(4)
      child.kill(signal)
      await ended
      await expect.poll(() => stage().left(), SOON).toEqual([])
      expect(await readRules(stage().engine)).toBe(stage().rules)
    })

    it('leaves nothing after its leader in the helper was killed, and says so', async () => {
      const { ended } = await stage().watching('c1')
      const [leader] = listProcesses(stage().engine, /^\/usr\/bin\/perl /)
      process.kill(leader?.pid ?? 0, 'SIGKILL')
      expect(await ended).toMatchObject({
        status: 3,
        stderr: expect.stringContaining('hopwire: the watch ended') as string,
      })
      await expect.poll(() => stage().left(), SOON).toEqual([])
    })

    it('leaves nothing after its helper was killed', async () => {
      const { ended } = await stage().watching('c1')
      const [helper] = (await stage().engine.docker(['ps', '-q', '--filter', 'label=io.hopwire.probe'])).split('\n')
      await stage().engine.docker(['kill', helper ?? ''])
      expect((await ended).status).toBe(3)
      await expect.poll(() => stage().left(), SOON).toEqual([])
    })

    it('goes on beside another one that ends', async () => {
      const [one, other] = [await stage().watching('c1'), await stage().watching('c1')]
      await stopWatching(one)
      await stage().get('c1', 'http://203.0.113.80/')
      await expect.poll(() => other.flows().filter(({ protocol }) => protocol === 'tcp').length, SOON).toBe(1)
      expect(await stopWatching(other)).toMatchObject({ status: 0 })
    })

    // The last one: the host is not what it was.
    it('leaves nothing after dockerd was killed', async () => {
      const { ended } = await stage().watching('c1')
      const [dockerd] = listProcesses(stage().engine, /^dockerd /)
      // The lab's host ends with its dockerd, as no real one does.
      process.kill(stage().engine.pid, 'SIGSTOP')
      process.kill(dockerd?.pid ?? 0, 'SIGKILL')
      expect((await ended).status).toBe(3)
      await expect.poll(() => listProcesses(stage().engine, TOOLS), SOON).toEqual([])
    })
  })
}
