import { describe, expect, it } from 'vitest'
import { concernOf, Concerns } from '../../../src/backend/sources/concern.ts'
import { parseEvent } from '../../../src/backend/docker/event-stream.ts'

function read(type: string, action: string, id: string, attributes: Readonly<Record<string, string>> = {}) {
  const event = parseEvent(JSON.stringify({ Type: type, Action: action, Actor: { ID: id, Attributes: attributes } }))
  if (event === null) throw new Error('no event')
  const concern = concernOf(event)
  return concern === null ? 'everything' : [...concern.containers, ...concern.networks].join(' ')
}

describe('concernOf', () => {
  it.each(['create', 'start', 'die', 'destroy', 'rename', 'pause', 'unpause'])('container %s is about it', (action) => {
    expect(read('container', action, 'c1')).toBe('c1')
  })

  it('a connection is about the network and the container', () => {
    expect(read('network', 'connect', 'n1', { container: 'c1', name: 'net', type: 'bridge' })).toBe('c1 n1')
    expect(read('network', 'destroy', 'n1', { name: 'net', type: 'bridge' })).toBe('n1')
  })

  it.each([
    ['container', 'exec_start: sh -c ls'],
    ['container', 'health_status: healthy'],
    ['container', 'kill'],
    ['network', 'prune'],
    ['image', 'pull'],
    ['volume', 'mount'],
    ['daemon', 'shutdown'],
  ])('%s %s changes nothing', (type, action) => expect(read(type, action, 'x')).toBe(''))

  it.each([
    ['container', 'teleport'],
    ['network', 'teleport'],
    ['daemon', 'reload'],
    ['service', 'update'],
  ])('of %s %s nobody knows what it changes', (type, action) => expect(read(type, action, 'x')).toBe('everything'))

  it('Hopwire’s own helper changes nothing', () => {
    expect(read('container', 'start', 'h', { 'io.hopwire.probe': '{}' })).toBe('')
    expect(read('network', 'connect', 'n', { container: 'h', name: 'host', type: 'host' })).toBe('')
  })
})

describe('Concerns', () => {
  const one = (id: string) => ({ containers: new Set([id]), networks: new Set<string>() })

  it('begins with everything, gathers then, and gives each thing once', () => {
    const concerns = new Concerns()
    concerns.add(one('a'))
    expect(concerns.take()).toBeNull()
    expect([
      concerns.add(one('a')),
      concerns.add(one('b')),
      concerns.add({ ...one('a'), networks: new Set(['n']) }),
    ]).toEqual([true, true, true])
    expect(concerns.isWaiting()).toBe(true)
    expect(concerns.take()).toEqual({ containers: new Set(['a', 'b']), networks: new Set(['n']) })
    expect(concerns.isWaiting()).toBe(false)
    expect(concerns.take()).toEqual({ containers: new Set(), networks: new Set() })
  })

  it('is everything after an event that nobody knows, and after very many', () => {
    const concerns = new Concerns()
    concerns.take()
    concerns.add(null)
    concerns.add(one('a'))
    expect(concerns.take()).toBeNull()
    for (let index = 0; index < 50; index += 1) concerns.add(one(`c${index}`))
    expect(concerns.take()).toBeNull()
    expect(concerns.add({ containers: new Set(), networks: new Set() })).toBe(false)
  })
})
