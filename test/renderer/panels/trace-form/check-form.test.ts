import { describe, expect, it } from 'vitest'
import { checkForm, placeFailure, splitPort } from '../../../../src/renderer/panels/trace-form/check-form.ts'
import { listSources } from '../../../../src/renderer/panels/trace-form/list-endpoints.ts'
import type { Form } from '../../../../src/renderer/store/store.ts'
import { sampleHost } from '../sample-host.ts'

const SOURCES = listSources(sampleHost())
const GOOD: Form = { from: 'c1', to: 'facebook.com', protocol: 'icmp', port: '' }

describe('checkForm', () => {
  it('has nothing against a good form', () => {
    expect(checkForm(GOOD, SOURCES)).toEqual({})
    expect(checkForm({ ...GOOD, from: 'external:198.51.100.7' }, SOURCES)).toEqual({})
    expect(checkForm({ ...GOOD, from: '2001:db8::1' }, SOURCES)).toEqual({})
    expect(checkForm({ ...GOOD, to: 'web:80', protocol: 'tcp' }, SOURCES)).toEqual({})
  })

  it('names each field that is missing', () => {
    const errors = checkForm({ from: '', to: ' ', protocol: 'udp', port: '' }, SOURCES)
    expect(Object.keys(errors)).toEqual(['from', 'to', 'port'])
    expect(errors.port).toContain('UDP needs a port')
  })

  it('refuses a source that nothing here is called', () => {
    expect(checkForm({ ...GOOD, from: 'c9' }, SOURCES).from).toContain('“c9”')
    expect(checkForm({ ...GOOD, from: 'old' }, SOURCES).from).toContain('running container')
  })

  it('leaves it to the backend what is called so while the host is being read', () => {
    expect(checkForm({ ...GOOD, from: 'c9' }, null)).toEqual({})
    expect(checkForm({ ...GOOD, from: '' }, null)).toHaveProperty('from')
  })

  it.each(['0', '65536', '-1', '8o', '1e3', '80 90'])('refuses %j as a port', (port) => {
    expect(checkForm({ ...GOOD, protocol: 'tcp', port }, SOURCES).port).toContain('1 to 65535')
  })

  it('refuses a URL, a port with ICMP, and two ports that differ', () => {
    expect(checkForm({ ...GOOD, to: 'http://facebook.com/' }, SOURCES).to).toContain('without http://')
    expect(checkForm({ ...GOOD, to: 'web:80' }, SOURCES).to).toContain('ICMP has no ports')
    expect(checkForm({ ...GOOD, to: 'web:80', protocol: 'tcp', port: '81' }, SOURCES).port).toContain('says port 80')
  })
})

describe('splitPort', () => {
  it.each([
    ['web', 'web', null],
    ['web:80', 'web', 80],
    ['2001:db8::1', '2001:db8::1', null],
    ['[2001:db8::1]:80', '2001:db8::1', 80],
    ['external:198.51.100.7', 'external:198.51.100.7', null],
    ['external:198.51.100.7:80', 'external:198.51.100.7', 80],
    ['external:80', 'external', 80],
  ])('splits %s', (text, endpoint, port) => {
    expect(splitPort(text)).toEqual({ endpoint, port })
  })
})

describe('placeFailure', () => {
  it('puts a failure where its position says', () => {
    const failure = { code: 'bad-flow', message: 'not a port', hint: '1 to 65535', at: 'port' } as const
    expect(placeFailure(failure, GOOD)).toEqual({ port: 'Not a port. 1 to 65535.' })
  })

  it('finds the field by the name that the message speaks of', () => {
    const failure = { code: 'unknown-endpoint', message: 'no container is called c1' } as const
    expect(Object.keys(placeFailure(failure, GOOD))).toEqual(['from'])
    expect(Object.keys(placeFailure({ ...failure, message: 'no container is called c10' }, GOOD))).toEqual(['form'])
  })

  it('leaves what concerns no field to the whole form', () => {
    const failure = { code: 'disconnected', message: 'the connection ended' } as const
    expect(placeFailure(failure, GOOD)).toEqual({ form: 'The connection ended.' })
  })
})
