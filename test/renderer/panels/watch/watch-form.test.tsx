// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { WatchForm, type WatchFormProps } from '../../../../src/renderer/panels/watch/watch-form.tsx'
import { INITIAL_WATCH } from '../../../../src/renderer/store/watch-data.ts'
import { listWatchTargets, readTarget, targetOfPlace } from '../../../../src/renderer/store/watch-targets.ts'
import { makeHost } from '../../support/sample-host.ts'
import { render } from '../render.tsx'

const host = makeHost({ containers: 3, networks: 2, names: ['web', 'bridge'], oddities: true })
const targets = listWatchTargets(host)

function form(change: Partial<WatchFormProps> = {}) {
  let submits = 0
  const page = render(
    <WatchForm
      fields={INITIAL_WATCH.form}
      errors={{}}
      targets={targets}
      starting={false}
      impossible={null}
      onChange={() => undefined}
      onSubmit={() => submits++}
      {...change}
    />,
  )
  const submit = () => page.find('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
  return { page, submit, submits: () => submits }
}

describe('the form of a watch', () => {
  it('says what is wrong with a filter under it, and ties the words to the field', () => {
    const { page } = form({
      errors: { filter: 'Syntax error.' },
      fields: { ...INITIAL_WATCH.form, filter: 'tcp prot' },
    })
    const field = page.find('input[name="watch-filter"]')
    expect(field.getAttribute('aria-invalid')).toBe('true')
    const words = page.find(`#${field.getAttribute('aria-describedby')}`)
    expect(words.textContent).toBe('Syntax error.')
    expect(words.getAttribute('role')).toBe('alert')
    expect((field as HTMLInputElement).value).toBe('tcp prot')
  })

  it('cannot be sent where nothing can be watched, and says why', () => {
    const { page, submit, submits } = form({ impossible: 'A snapshot has no traffic.' })
    const button = page.find('button[type="submit"]')
    expect(button.getAttribute('aria-disabled')).toBe('true')
    expect(page.find(`#${button.getAttribute('aria-describedby')}`).textContent).toBe('A snapshot has no traffic.')
    submit()
    expect(submits()).toBe(0)
  })

  it('is not sent twice while a watch starts', () => {
    const { submit, submits } = form({ starting: true })
    submit()
    expect(submits()).toBe(0)
    const ready = form()
    ready.submit()
    expect(ready.submits()).toBe(1)
  })
})

describe('what can be watched', () => {
  it('is the host, running containers, networks and every interface, each with words of its own', () => {
    expect(targets[0]?.target).toEqual({ kind: 'host' })
    expect(new Set(targets.map(({ value }) => value)).size).toBe(targets.length)
    expect(targets.filter(({ kind }) => kind === 'network').map(({ value }) => value)).not.toContain('network host')
    expect(targets.map(({ value }) => value)).toContain('eth0 in container:web')
    for (const { value, target } of targets) expect(readTarget(value, targets)).toEqual({ target })
  })

  it('is found by a name alone where only one thing has it; a container goes before its network', () => {
    expect(readTarget(' web ', targets)).toEqual({ target: { kind: 'container', name: 'web' } })
    expect(readTarget('bridge', targets)).toEqual({ target: { kind: 'container', name: 'bridge' } })
    expect(readTarget('eth0', targets)).toHaveProperty('error', expect.stringContaining('eth0 in container:web'))
    expect(readTarget('nobody', targets)).toHaveProperty('error', expect.stringContaining('“nobody”'))
    expect(readTarget('  ', targets)).toHaveProperty('error')
  })

  it('belongs to a place of the picture: a bridge’s network, a container, the host for its gates', () => {
    const bridge = host.networks[0]?.bridge ?? ''
    expect(targetOfPlace({ kind: 'device', netns: 'host', device: bridge }, host)).toEqual({
      kind: 'network',
      name: host.networks[0]?.name,
    })
    expect(targetOfPlace({ kind: 'stack', netns: 'container:web' }, host)).toEqual({ kind: 'container', name: 'web' })
    expect(targetOfPlace({ kind: 'gate', netns: 'host', gate: 'forward' }, host)).toEqual({ kind: 'host' })
    expect(targetOfPlace({ kind: 'device', netns: 'host', device: 'ens5' }, host)).toEqual({
      kind: 'device',
      netns: 'host',
      device: 'ens5',
    })
    expect(targetOfPlace({ kind: 'external', address: '203.0.113.80' }, host)).toBeNull()
  })
})
