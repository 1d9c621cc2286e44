import { request } from 'node:http'
import { expect, it } from 'vitest'
import { createCanceller } from '../../../src/protocol/cancel-signal.ts'
import { busyboxImage } from '../../lab/index.ts'
import { idle, run } from './actions.ts'
import { calm, type DrivenHost, value } from './driven-host.ts'

/** Images listed, imported and removed. */
export function describeImages(host: () => DrivenHost): void {
  const tags = async (): Promise<readonly string[]> =>
    value(await host().service.methods.listImages({}, calm()))
      .flatMap((image) => image.tags)
      .sort()

  it('lists images with what they are used by', async () => {
    await host().do(run(idle('c1')))
    const [image] = value(await host().service.methods.listImages({}, calm()))
    expect(image).toMatchObject({ tags: [busyboxImage], usedBy: ['c1'], exposes: [] })
    expect(image?.bytes).toBeGreaterThan(100_000)
    await host().docker('tag', busyboxImage, 'hopwire/probe:test')
    expect(await tags()).toEqual([])
    const own = await host().refused({ kind: 'remove-image', image: 'hopwire/probe:test' })
    expect(own).toMatchObject({ code: 'engine-refused', at: 'image' })
    await host().docker('rmi', 'hopwire/probe:test')
  })

  it('gives back a name that was taken away, and refuses to remove what is used', async () => {
    await host().docker('tag', busyboxImage, 'other:name')
    expect((await host().plan({ kind: 'remove-image', image: 'other:name' })).losses).toEqual([])
    await host().do({ kind: 'remove-image', image: 'other:name' })
    expect(await tags()).toEqual([busyboxImage])
    await host().undo()
    expect(await tags()).toEqual([busyboxImage, 'other:name'])
    await host().redo()
    expect(await tags()).toEqual([busyboxImage])
    await host().do(run(idle('c1')))
    const planned = (await host().plan({ kind: 'remove-image', image: busyboxImage })).problems[0]?.message
    const refused = await host().refused({ kind: 'remove-image', image: busyboxImage })
    expect(planned).toBe(refused.message)
    expect(refused.message).toMatch(/^conflict: unable to remove repository reference "busybox:local"/)
  })

  it('imports an archive, takes it back, and leaves nothing of one that is broken or cancelled', async () => {
    const archive = await save(host().engine.socket, busyboxImage)
    const before = value(await host().service.methods.listImages({}, calm()))
    const action = async (bytes: Buffer) => ({
      kind: 'import-image' as const,
      upload: await upload(host(), bytes),
      file: 'busybox.tar',
    })
    expect((await host().plan({ kind: 'remove-image', image: busyboxImage })).losses).toEqual([])
    await host().do({ kind: 'remove-image', image: busyboxImage })
    expect(await tags()).toEqual([])
    await host().undo()
    expect(value(await host().service.methods.listImages({}, calm()))).toEqual(before)
    await host().redo()
    expect(await tags()).toEqual([])
    const heard: (number | null)[] = []
    const stop = host().service.subscribe('actionProgress', ({ fraction }) => heard.push(fraction))
    const done = await host().do(await action(archive))
    stop()
    expect(done).toMatchObject({ did: `image ${busyboxImage} imported`, images: [busyboxImage] })
    expect(heard.length).toBeGreaterThan(0)
    expect(value(await host().service.methods.listImages({}, calm()))).toEqual(before)
    await host().undo()
    expect(await tags()).toEqual([])

    const broken = await host().refused(await action(archive.subarray(0, archive.length >> 1)))
    expect(broken).toMatchObject({ code: 'engine-refused', at: 'file' })
    expect(await tags()).toEqual([])
    const canceller = createCanceller()
    const begun = await action(archive)
    const call = host().service.methods.doAction({ action: begun }, { signal: canceller.signal })
    canceller.cancel()
    expect(await call).toMatchObject({ ok: false, failure: { code: 'cancelled' } })
    expect(await tags()).toEqual([])
    await host().do(await action(archive))
    expect(await tags()).toEqual([busyboxImage])
  })
}

async function upload(host: DrivenHost, bytes: Buffer): Promise<string> {
  let id: string | null = null
  for (let at = 0; at < bytes.length; at += 48_000) {
    const data = bytes.subarray(at, at + 48_000).toString('base64')
    id = value(await host.service.methods.upload({ upload: id, data }, calm())).upload
  }
  return id ?? ''
}

/** `docker save`. */
function save(socketPath: string, image: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: `/images/${image}/get` }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks)))
    })
      .on('error', reject)
      .end()
  })
}
