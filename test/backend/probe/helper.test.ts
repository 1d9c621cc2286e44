import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { startHelper } from '../../../src/backend/probe/helper.ts'

/** An engine that refuses to start containers with these errors, one after the other, and then starts one. */
function failing(...errors: readonly object[]) {
  const asked: string[] = []
  const removed: string[] = []
  const ended: string[] = []
  return {
    asked,
    removed,
    ended,
    untilEnded: async (id: string) => void ended.push(id),
    startContainer: async (name: string) => {
      const error = errors[asked.length]
      asked.push(name)
      if (error !== undefined) throw Object.assign(new Error('refused'), error)
      return { id: `id of ${name}`, stdin: new PassThrough() }
    },
    remove: async (id: string) => void removed.push(id),
  }
}

describe('starting a helper', () => {
  it('is tried once more, by another name, when the engine itself fails', async () => {
    const engine = failing({ statusCode: 500 })
    const helper = await startHelper(engine, 'hopwire/probe:test', 0)
    const [first, second] = engine.asked
    expect(engine.asked).toHaveLength(2)
    expect(second).not.toBe(first)
    expect(helper.id).toBe(`id of ${second}`)
    await helper.close()
    expect(engine.removed).toEqual([helper.id])
  })

  it('and ending it leaves it its time: it is removed by force only when it has ended', async () => {
    const engine = failing()
    const order: string[] = []
    const helper = await startHelper(
      {
        ...engine,
        untilEnded: async () => {
          await Promise.resolve()
          order.push('ended')
        },
        remove: async () => void order.push('removed'),
      },
      'hopwire/probe:test',
    )
    await helper.close()
    expect(order).toEqual(['ended', 'removed'])
  })

  it('is given up when it fails again', async () => {
    const engine = failing({ statusCode: 500 }, { statusCode: 503 })
    await expect(startHelper(engine, 'hopwire/probe:test', 0)).rejects.toMatchObject({ statusCode: 503 })
    expect(engine.asked).toHaveLength(2)
  })

  it.each([{ statusCode: 404 }, { statusCode: 403 }, { statusCode: 409 }, { code: 'ECONNREFUSED' }])(
    'is not tried again when it is refused: %o',
    async (error) => {
      const engine = failing(error)
      await expect(startHelper(engine, 'hopwire/probe:test', 0)).rejects.toMatchObject(error)
      expect(engine.asked).toHaveLength(1)
    },
  )
})
