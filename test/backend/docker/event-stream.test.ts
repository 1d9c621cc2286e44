import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { watchEvents } from '../../../src/backend/docker/event-stream.ts'

const line = (action: string) =>
  JSON.stringify({ Type: 'container', Action: action, Actor: { Attributes: { name: 'a' } } })

describe('watchEvents', () => {
  it('puts lines together that arrive in pieces, and passes over what is no event', async () => {
    const stream = new PassThrough()
    const seen: string[] = []
    const stop = watchEvents(async () => stream, {
      onEvent: ({ action, attributes }) => seen.push(`${action} ${attributes['name']}`),
      onLost: () => undefined,
      onReconnected: () => undefined,
    })
    const text = `${line('start')}\nnot json\n${line('die')}\n`
    for (const piece of text.match(/.{1,7}|\n/gs) ?? []) stream.write(piece)
    await expect.poll(() => seen).toEqual(['start a', 'die a'])
    stop()
    expect(stream.destroyed).toBe(true)
  })

  it('opens the stream again after it was lost, and tells both', async () => {
    const told: string[] = []
    let opened = 0
    let current = new PassThrough()
    const stop = watchEvents(
      async () => {
        opened += 1
        if (opened === 2) throw new Error('still away')
        current = new PassThrough()
        return current
      },
      {
        onEvent: ({ action }) => told.push(action),
        onLost: () => told.push('lost'),
        onReconnected: () => told.push('found'),
      },
    )
    await expect.poll(() => opened).toBe(1)
    current.destroy()
    await expect.poll(() => told, { timeout: 5000 }).toEqual(['lost', 'found'])
    current.write(`${line('start')}\n`)
    await expect.poll(() => told).toEqual(['lost', 'found', 'start'])
    stop()
  })
})
