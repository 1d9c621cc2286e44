// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'
import type { SourceStatus } from '../../../../src/protocol/contract.ts'
import { LiveField } from '../../../../src/renderer/panels/trace-form/live-field.tsx'
import { fittingProbe, whyNoLive } from '../../../../src/renderer/store/live-choice.ts'
import { render } from '../render.tsx'

const OFF = { on: false, probe: 'auto', waitSeconds: 60 } as const
const status = (kind: SourceStatus['kind']): SourceStatus => ({
  kind,
  phase: 'ready',
  label: kind,
  progress: null,
  activity: null,
  problem: null,
})

describe('LiveField', () => {
  it('is a switch that offers the kinds of probe once it is on', () => {
    const change = vi.fn()
    const page = render(<LiveField choice={OFF} protocol="tcp" impossible={null} onChange={change} />)
    const toggle = page.find('[role="switch"]')
    expect(toggle.getAttribute('aria-checked')).toBe('false')
    expect(page.box.querySelector('select')).toBeNull()
    page.click(toggle)
    expect(change).toHaveBeenCalledWith({ on: true })
    page.show(<LiveField choice={{ ...OFF, on: true }} protocol="tcp" impossible={null} onChange={change} />)
    expect([...page.find('select').querySelectorAll('option')].map(({ value }) => value)).toEqual([
      'auto',
      'connect',
      'http',
    ])
  })

  it('cannot be switched where there is no kernel to ask, and says why in words and as its tooltip', () => {
    const change = vi.fn()
    const why = whyNoLive(status('snapshot'))
    const page = render(<LiveField choice={{ ...OFF, on: true }} protocol="icmp" impossible={why} onChange={change} />)
    const toggle = page.find('[role="switch"]')
    page.click(toggle)
    expect(change).not.toHaveBeenCalled()
    expect(toggle.getAttribute('aria-checked')).toBe('false')
    expect(toggle.getAttribute('aria-disabled')).toBe('true')
    expect(toggle.title).toContain('a snapshot has no kernel to ask')
    expect(page.find(`#${toggle.getAttribute('aria-describedby') ?? ''}`).textContent).toBe(why)
  })
})

describe('whyNoLive', () => {
  it('is null for a Docker engine alone', () => {
    expect(whyNoLive(status('docker'))).toBeNull()
    for (const kind of ['snapshot', 'sandbox', 'sample'] as const)
      expect(whyNoLive(status(kind))).toContain('no kernel to ask')
    const consent = { note: null, engine: 'unix:///x' }
    const asked = (answer: 'pending' | 'allowed' | 'refused') =>
      whyNoLive({ ...status('docker'), helperConsent: { ...consent, answer } })
    expect(asked('allowed')).toBeNull()
    expect(asked('pending')).toMatch(/not allowed yet.*“Helper”/)
    expect(asked('refused')).toMatch(/was refused.*“Helper”/)
    expect(whyNoLive(null)).toContain('none is connected')
  })
})

describe('fittingProbe', () => {
  it('keeps what the protocol has and falls back to the usual one', () => {
    expect(fittingProbe('http', 'tcp')).toBe('http')
    expect(fittingProbe('http', 'udp')).toBe('auto')
    expect(fittingProbe('dns', 'udp')).toBe('dns')
  })
})
