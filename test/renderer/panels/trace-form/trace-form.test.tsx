// @vitest-environment happy-dom
import { useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { listSources, listTargets } from '../../../../src/renderer/panels/trace-form/list-endpoints.ts'
import { TraceForm, type TraceFormProps } from '../../../../src/renderer/panels/trace-form/trace-form.tsx'
import type { Form } from '../../../../src/renderer/store/store.ts'
import { render } from '../render.tsx'
import { sampleHost } from '../sample-host.ts'

const EMPTY: Form = { from: '', to: '', protocol: 'icmp', port: '' }

/** The form with a state of its own, as the store gives it; the last one is kept for the tests to look at. */
function setUp(change: Partial<TraceFormProps> = {}) {
  const seen = { form: EMPTY, submit: vi.fn(), cancel: vi.fn() }
  function Holder() {
    const [form, setForm] = useState(EMPTY)
    return (
      <TraceForm
        fields={form}
        errors={{}}
        sources={listSources(sampleHost())}
        targets={listTargets(sampleHost())}
        busy={false}
        ready={true}
        liveChoice={{ on: false, probe: 'auto', waitSeconds: 60 }}
        noLive={null}
        progress={null}
        onLive={() => undefined}
        onChange={(part) => {
          seen.form = { ...seen.form, ...part }
          setForm(seen.form)
        }}
        onSubmit={seen.submit}
        onCancel={seen.cancel}
        {...change}
      />
    )
  }
  return { seen, page: render(<Holder />) }
}

describe('TraceForm', () => {
  it('takes an option with the arrows and Enter, and does not trace on that Enter', () => {
    const { seen, page } = setUp()
    const from = page.find('input[name="from"]')
    page.type(from, 'c')
    expect(page.find('[role="listbox"]').children.length).toBeGreaterThan(1)
    page.press('ArrowDown', from)
    page.press('ArrowDown', from)
    expect(document.getElementById(from.getAttribute('aria-activedescendant') ?? '')?.textContent).toContain('c2')
    expect(page.press('Enter', from)).toBe(false)
    expect(seen.form.from).toBe('c2')
    expect(from.getAttribute('aria-expanded')).toBe('false')
  })

  it('closes the list with Escape and keeps what was typed', () => {
    const { seen, page } = setUp()
    const to = page.find('input[name="to"]')
    page.type(to, 'face')
    page.press('Escape', to)
    expect(page.box.querySelector('[role="listbox"]')).toBeNull()
    expect(seen.form.to).toBe('face')
  })

  it('leaves Enter to the form when no option is marked', () => {
    const { page } = setUp()
    const to = page.find('input[name="to"]')
    page.type(to, 'face')
    expect(page.press('Enter', to)).toBe(true)
  })

  it('fills protocol and port from a published port', () => {
    const { seen, page } = setUp()
    page.type(page.find('input[name="to"]'), '8080')
    page.click(page.find('[role="option"]'))
    expect(seen.form).toEqual({ from: '', to: 'host', protocol: 'tcp', port: '8080' })
  })

  it('shows the port field only where there are ports', () => {
    const { seen, page } = setUp()
    expect(page.box.querySelector('input[name="port"]')).toBeNull()
    page.click(page.box.querySelectorAll('input[type="radio"]')[1] ?? null)
    expect(seen.form.protocol).toBe('tcp')
    expect(page.find('input[name="port"]')).toBeTruthy()
  })

  it('ties each error to its field', () => {
    const { page } = setUp({ errors: { to: 'Say where the packet goes.' } })
    const to = page.find('input[name="to"]')
    expect(to.getAttribute('aria-invalid')).toBe('true')
    expect(document.getElementById(to.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
      'Say where the packet goes.',
    )
    expect(page.find('input[name="from"]').getAttribute('aria-invalid')).toBe('false')
  })

  it('offers to cancel while it is busy and does not trace twice', () => {
    const { seen, page } = setUp({ busy: true })
    page.find('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
    expect(seen.submit).not.toHaveBeenCalled()
    page.click([...page.box.querySelectorAll('button')].find((each) => each.textContent === 'Cancel') ?? null)
    expect(seen.cancel).toHaveBeenCalledOnce()
  })

  it('takes a question before the host is read, and says that it waits for it', () => {
    const { seen, page } = setUp({ ready: false })
    page.find('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
    expect(seen.submit).toHaveBeenCalledOnce()
    const waiting = setUp({ ready: false, busy: true }).page
    expect(waiting.find('button[type="submit"]').textContent).toContain('Waiting for host…')
  })
})
