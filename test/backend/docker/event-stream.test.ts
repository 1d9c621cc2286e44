import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { parseEvent, readEvents } from '../../../src/backend/docker/event-stream.ts'

const line = (action: string) =>
  JSON.stringify({ Type: 'container', Action: action, Actor: { ID: 'a1', Attributes: { name: 'a' } } })

describe('readEvents', () => {
  it('puts lines together that arrive in pieces, passes over what is no event, and tells the end once', async () => {
    const stream = new PassThrough()
    const seen: string[] = []
    const ends: string[] = []
    readEvents(
      stream,
      ({ action, id, attributes }) => seen.push(`${action} ${id} ${attributes['name']}`),
      (reason) => ends.push(reason),
    )
    const text = `${line('start')}\nnot json\n${line('die')}\n`
    for (const piece of text.match(/.{1,7}|\n/gs) ?? []) stream.write(piece)
    await expect.poll(() => seen).toEqual(['start a1 a', 'die a1 a'])
    stream.destroy(new Error('broken'))
    await expect.poll(() => ends).toEqual(['broken'])
  })

  it('takes an event of an engine that names nobody', () => {
    expect(parseEvent('{"Type":"daemon","Action":"reload"}')).toEqual({
      type: 'daemon',
      action: 'reload',
      id: '',
      attributes: {},
    })
  })
})
