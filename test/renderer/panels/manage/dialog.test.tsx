// @vitest-environment happy-dom
import { act } from 'react'
import { describe, expect, it } from 'vitest'
import type { FieldProblem, ReachChange } from '../../../../src/core/manage/plan.ts'
import { placeProblems } from '../../../../src/renderer/panels/manage/dialogs/place-problems.ts'
import { ManageDialogs } from '../../../../src/renderer/panels/manage/dialogs/manage-dialogs.tsx'
import { ReachList } from '../../../../src/renderer/panels/manage/dialogs/reach-list.tsx'
import { findJsonLine } from '../../../../src/renderer/panels/manage/find-json-line.ts'
import { AppStoreContext } from '../../../../src/renderer/store/hooks.ts'
import { EMPTY_SUBNET } from '../../../../src/renderer/store/manage-drafts.ts'
import { NO_PLAN } from '../../../../src/renderer/store/manage-data.ts'
import { type AppStore, createAppStore } from '../../../../src/renderer/store/store.ts'
import { makeHost } from '../../support/sample-host.ts'
import { EMPTY_PLAN } from '../../support/manage-double.ts'
import { render } from '../render.tsx'

function show(store: AppStore) {
  return render(
    <AppStoreContext value={store}>
      <ManageDialogs />
    </AppStoreContext>,
  )
}

function withPlan(problems: readonly FieldProblem[]) {
  const store = createAppStore({ host: makeHost({ containers: 2, networks: 1 }) })
  store
    .getState()
    .openForm('create-network', { name: 'my-net', subnets: [{ ...EMPTY_SUBNET, subnet: '172.17.0.0/16' }] })
  const { manage } = store.getState()
  store.setState({ manage: { ...manage, plan: { ...NO_PLAN, plan: { ...EMPTY_PLAN, problems } } } })
  return store
}

describe('a dialog', () => {
  it('says what is wrong under the field, and ties the words to it', () => {
    const page = show(
      withPlan([
        { at: 'network.subnets[0].subnet', severity: 'error', message: 'Pool overlaps with other one' },
        { at: 'network.name', severity: 'warning', message: 'the name is long' },
        { at: 'network.options["com.docker.network.bridge.name"]', severity: 'error', message: 'too long' },
        { at: 'elsewhere', severity: 'error', message: 'all of it is wrong' },
      ]),
    )
    const subnet = page.find('input[name="network.subnets[0].subnet"]')
    expect(subnet.getAttribute('aria-invalid')).toBe('true')
    expect(page.find(`[id="${subnet.getAttribute('aria-describedby')}"]`).textContent).toBe(
      'Pool overlaps with other one.',
    )
    expect(page.find('input[name="network.name"]').getAttribute('aria-invalid')).toBe('false')
    expect(page.find('.dialog-more .field-error').textContent).toBe('too long.')
    expect(page.find('.form-problems').textContent).toBe('All of it is wrong.')
    expect(page.find('.command code').textContent).toBe('docker x')
  })

  it('says what an engine cannot do, and lets what another was told be taken back', () => {
    const store = createAppStore({ host: makeHost({ containers: 2, networks: 1 }) })
    const engine = (generation: number) =>
      store.setState(({ manage }) => ({
        manage: { ...manage, info: { kind: 'docker', generation, undo: null, redo: null, lacks: [] } },
      }))
    engine(20)
    store.getState().openForm('create-network')
    const page = show(store)
    const four = page.find('input[name="network.ipv4"]') as HTMLInputElement
    expect([four.disabled, page.find(`[id="${four.getAttribute('aria-describedby')}"]`).textContent]).toEqual([
      true,
      'Always on before Docker 28.',
    ])
    act(() => engine(28))
    expect(four.disabled).toBe(false)
    act(() => four.click())
    act(() => engine(20))
    expect([four.checked, four.disabled]).toEqual([false, false])
  })

  it('keeps what is typed when it is closed with Escape and opened again', () => {
    const store = createAppStore({ host: makeHost({ containers: 2, networks: 1 }) })
    store.getState().openForm('run-container')
    const page = show(store)
    page.type(page.find('input[name="container.name"]'), 'web')
    act(() => void page.find('dialog').dispatchEvent(new Event('cancel', { cancelable: true })))
    expect(store.getState().manage.dialog).toBeNull()
    act(() => store.getState().openForm('run-container'))
    expect(store.getState().manage.dialog).toMatchObject({ draft: { name: 'web' } })
  })

  it('says that something cannot be undone', () => {
    const store = createAppStore({ host: makeHost({ containers: 2, networks: 1 }) })
    const action = { kind: 'remove-image', image: 'nginx' } as const
    const { manage } = store.getState()
    const plan = { ...EMPTY_PLAN, undo: null, losses: ['the image is gone'] }
    store.setState({
      manage: { ...manage, dialog: { kind: 'confirm', action, errors: [] }, plan: { ...NO_PLAN, plan } },
    })
    const page = show(store)
    expect(page.find('.losses').textContent).toBe('The image is gone.')
    expect(page.find('.field-warning').textContent).toBe('This cannot be undone.')
  })
})

describe('who could reach whom', () => {
  const change = (index: number): ReachChange => ({
    from: `c${index}`,
    to: 'web:80',
    protocol: 'tcp',
    before: 'delivered',
    after: 'dropped',
    why: 'there is no network in common',
  })

  it('shows a few and folds the rest', () => {
    const closes = Array.from({ length: 9 }, (_, index) => change(index))
    const page = render(<ReachList reach={{ opens: [], closes, changes: [], checked: 40, unknown: null }} />)
    expect(page.find('summary').textContent).toBe('5 more')
    expect(page.box.querySelectorAll('li')).toHaveLength(9)
  })

  it('says how much was looked at where nothing changes', () => {
    const page = render(<ReachList reach={{ opens: [], closes: [], changes: [], checked: 12, unknown: null }} />)
    expect(page.box.textContent).toContain('all 12 ways')
  })
})

describe('the place of a problem', () => {
  const fields = ['network.subnets[0].subnet', 'network.subnets[0].gateway', 'network.options', 'container.ports']
  it.each([
    ['network.subnets[0].gateway', 'network.subnets[0].gateway'],
    ['container.ports[3]', 'container.ports'],
    ['network.options["a.b"]', 'network.options'],
    ['network.subnets', 'network.subnets[0].subnet'],
    ['network.subnetsX', ''],
    ['', ''],
  ])('%j stands at %j', (at, field) => {
    expect([...placeProblems([{ at, severity: 'error', message: 'x' }], fields).keys()]).toEqual([field])
  })
})

describe('the line of a path in JSON', () => {
  const raw = JSON.stringify(
    {
      Name: 'x',
      IPAM: { Config: [{ Subnet: 'a' }, { Subnet: 'b' }] },
      Networks: { 'my-net': { IPAddress: '1' } },
      List: [],
    },
    null,
    4,
  )
  const lineOf = (path: string) => raw.split('\n')[findJsonLine(raw, path) ?? -1]?.trim()
  it.each([
    ['Name', '"Name": "x",'],
    ['IPAM.Config[1].Subnet', '"Subnet": "b"'],
    ['Networks.my-net.IPAddress', '"IPAddress": "1"'],
    ['Networks["my-net"].IPAddress', '"IPAddress": "1"'],
    ['IPAM.Config[7].Subnet', '"Config": ['],
    ['Nothing', undefined],
  ])('finds %s', (path, line) => expect(lineOf(path)).toBe(line))
})
