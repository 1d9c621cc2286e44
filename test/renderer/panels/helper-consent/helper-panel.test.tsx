// @vitest-environment happy-dom
import { act } from 'react'
import { describe, expect, it, vi } from 'vitest'
import type { HelperConsent, SourceStatus } from '../../../../src/protocol/contract.ts'
import { HELPER_CAPABILITIES, HELPER_QUESTION } from '../../../../src/protocol/helper-terms.ts'
import { HelperPanel, type HelperQuestion } from '../../../../src/renderer/panels/helper-panel.tsx'
import { TopBar } from '../../../../src/renderer/panels/top-bar/top-bar.tsx'
import { AppStoreContext } from '../../../../src/renderer/store/hooks.ts'
import { createAppStore } from '../../../../src/renderer/store/store.ts'
import { render } from '../render.tsx'

const status = (answer?: HelperConsent['answer'], note: string | null = null): SourceStatus => ({
  kind: 'docker',
  phase: 'ready',
  label: 'Docker 28.5.2 · local',
  progress: null,
  activity: null,
  problem: null,
  ...(answer === undefined ? {} : { helperConsent: { answer, note, engine: 'unix:///var/run/docker.sock' } }),
})

function open(first: SourceStatus, question: HelperQuestion = 'unasked') {
  const store = createAppStore({ status: first })
  const answered = vi.fn<(answer: 'allowed' | 'refused') => Promise<void>>(async () => undefined)
  store.setState({ answerConsent: answered })
  const closed = vi.fn<() => void>()
  const show = (next: HelperQuestion) => (
    <AppStoreContext value={store}>
      <HelperPanel question={next} onClose={closed} />
    </AppStoreContext>
  )
  const page = render(show(question))
  const isOpen = () => page.box.querySelector('dialog')?.open ?? null
  const button = (text: string) => {
    const found = [...page.box.querySelectorAll('button')].find((one) => one.textContent?.includes(text))
    if (found === undefined) throw new Error(`no button ${text}`)
    return found
  }
  return { page, store, answered, closed, isOpen, button, ask: (next: HelperQuestion) => page.show(show(next)) }
}

describe('the question about the helper', () => {
  it('opens by itself while nobody has answered, and tells everything', () => {
    const { page, isOpen } = open(status('pending'))
    expect(isOpen()).toBe(true)
    const text = page.find('dialog').textContent ?? ''
    expect(text).toContain(HELPER_QUESTION)
    expect(text).toContain('unix:///var/run/docker.sock')
    for (const { name } of HELPER_CAPABILITIES) expect(text).toContain(name)
    for (const title of [
      'What it is',
      'What it reads',
      'What it sends and captures',
      'What it leaves',
      'If you refuse',
    ])
      expect(text).toContain(title)
    expect(text).toContain('change your mind at any time')
  })

  it('puts the focus on its title, so that no key answers by accident', () => {
    open(status('pending'))
    expect(document.activeElement?.tagName).toBe('H2')
  })

  it.each(['allowed', 'refused'] as const)('stays closed where it was %s, until it is asked for', (answer) => {
    const { isOpen, ask } = open(status(answer))
    expect(isOpen()).toBe(false)
    ask('open')
    expect(isOpen()).toBe(true)
  })

  it('does not come again once it was put off', () => {
    const { isOpen, closed, button, ask } = open(status('pending'))
    button('Later').click()
    expect(closed).toHaveBeenCalledOnce()
    ask('closed')
    expect(isOpen()).toBe(false)
  })

  it.each([
    ['Allow the helper', 'allowed'],
    ['Refuse', 'refused'],
  ] as const)('%s answers %s and closes', (text, answer) => {
    const { answered, closed, button } = open(status('pending'))
    button(text).click()
    expect(answered.mock.calls).toEqual([[answer]])
    expect(closed).toHaveBeenCalledOnce()
  })

  it('goes when somebody else has answered', () => {
    const { store, isOpen, closed } = open(status('pending'))
    act(() => store.setState({ status: status('allowed') }))
    expect(isOpen()).toBe(false)
    expect(closed).not.toHaveBeenCalled()
  })

  it('is not there where no engine is', () => {
    expect(open(status()).isOpen()).toBeNull()
  })
})

describe('the bar', () => {
  const idle = { onTheme: vi.fn(), onRefresh: vi.fn(), onHelp: vi.fn() }

  it('has the place where the answer is seen and changed', () => {
    const onHelper = vi.fn()
    const bar = (of: SourceStatus) => <TopBar status={of} connected theme="system" {...idle} onHelper={onHelper} />
    const page = render(bar(status('refused')))
    const button = page.find('[aria-haspopup="dialog"]')
    expect(button.textContent).toBe('Helper: refused')
    page.click(button)
    expect(onHelper).toHaveBeenCalledOnce()
    page.show(bar(status()))
    expect(page.box.textContent).not.toContain('Helper')
  })
})
