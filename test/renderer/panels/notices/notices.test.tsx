// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'
import type { SourceStatus } from '../../../../src/protocol/contract.ts'
import { Notices } from '../../../../src/renderer/panels/notices/notices.tsx'
import { render } from '../render.tsx'
import { sampleHost } from '../sample-host.ts'

const READY: SourceStatus = {
  kind: 'docker',
  phase: 'ready',
  label: 'x',
  progress: null,
  activity: null,
  problem: null,
}
const IDLE = { onDismiss: () => undefined, onHelper: () => undefined, onTry: () => undefined }
const GAP = { namespace: '1', what: 'conntrack', why: 'permission denied' }

describe('Notices', () => {
  it('is silent when there is nothing to say', () => {
    const page = render(<Notices status={READY} host={sampleHost()} failure={null} {...IDLE} />)
    expect(page.box.textContent).toBe('')
  })

  it('says that the host is a sample, why, and how to see one’s own', () => {
    const sample: SourceStatus = { ...READY, kind: 'sample', problem: 'no socket at /run/docker.sock: start Docker' }
    const page = render(<Notices status={sample} host={sampleHost()} failure={null} {...IDLE} />)
    expect(page.box.textContent).toContain('No Docker engine could be reached: this is a captured sample host.')
    expect(page.box.textContent).toContain('No socket at /run/docker.sock: start Docker.')
    page.show(<Notices status={{ ...sample, problem: null }} host={null} failure={null} {...IDLE} />)
    expect(page.box.textContent).toContain('the sample host could not be read')
    expect(page.box.textContent).toContain('--docker-host')
  })

  it('lists gaps on request, and brings them back when they are others than those dismissed', () => {
    const show = (gaps: readonly (typeof GAP)[]) => (
      <Notices status={READY} host={sampleHost({ gaps })} failure={null} {...IDLE} />
    )
    const page = render(show([GAP]))
    page.click(page.find('[aria-expanded]'))
    expect(page.find('li').textContent).toBe('conntrack of host: permission denied')
    page.click([...page.box.querySelectorAll('button')].at(-1) ?? null)
    expect(page.box.textContent).toBe('')
    page.show(show([GAP, { ...GAP, what: 'sockets' }]))
    expect(page.box.textContent).toContain('2 parts of this host could not be read')
  })

  it('says that the engine went away, since when and why, when it is tried again, and tries it now', () => {
    const tryNow = vi.fn()
    const since = new Date(2026, 0, 1, 14, 3, 27).toISOString()
    const lost: SourceStatus = {
      ...READY,
      phase: 'reconnecting',
      problem: 'the Docker engine at unix:///d.sock cannot be reached: there is no such socket',
      lost: { since, nextTry: new Date(Date.now() + 4500).toISOString() },
    }
    const show = (status: SourceStatus) => (
      <Notices status={status} host={sampleHost()} failure={null} {...IDLE} onTry={tryNow} />
    )
    const page = render(show(lost))
    expect(page.box.textContent).toContain('The engine has been away since 14:03:27.')
    expect(page.box.textContent).toContain('cannot be reached: there is no such socket.')
    expect(page.box.textContent).toMatch(/Next try in [45] s\./)
    page.click(page.find('button'))
    expect(tryNow).toHaveBeenCalledOnce()
    // A clock of another machine that is an hour ahead is no reason to wait for an hour.
    page.show(show({ ...lost, lost: { since, nextTry: new Date(Date.now() + 3_600_000).toISOString() } }))
    expect(page.box.textContent).toContain('Next try in 10 s.')
    page.show(show({ ...lost, lost: { since, nextTry: null } }))
    expect(page.box.textContent).toContain('Trying…')
    expect(page.find('button').hasAttribute('disabled')).toBe(true)
    page.show(show(READY))
    expect(page.box.textContent).toBe('')
  })

  it('shows a failure with what to do, until it is dismissed', () => {
    const dismiss = vi.fn()
    const failure = { code: 'disconnected', message: 'the connection ended', hint: 'start hopwire again' } as const
    const page = render(<Notices status={READY} host={null} failure={failure} {...IDLE} onDismiss={dismiss} />)
    expect(page.find('[role="alert"]').textContent).toContain('The connection ended. Start hopwire again.')
    page.click(page.find('[role="alert"] button'))
    expect(dismiss).toHaveBeenCalledOnce()
  })

  it('says that only the API was read and offers the question, without a word about what was refused on purpose', () => {
    const onHelper = vi.fn()
    const whole = { namespace: null, what: 'namespace', why: 'the privileged helper was refused' }
    let host = sampleHost({ origin: 'api', gaps: [whole] })
    let problem: string | null = null
    const show = (answer: 'pending' | 'refused' | 'allowed', note: string | null = null) => (
      <Notices
        status={{ ...READY, problem, helperConsent: { answer, note, engine: 'unix:///x' } }}
        host={host}
        failure={null}
        {...IDLE}
        onHelper={onHelper}
      />
    )
    const page = render(show('refused'))
    expect(page.box.textContent).toContain('The privileged helper was refused. Rules and routes are those that Docker')
    expect(page.box.textContent).not.toContain('could not be read')
    page.click(page.find('.link'))
    expect(onHelper).toHaveBeenCalledOnce()
    host = sampleHost({ origin: 'api', namespaces: [] })
    page.show(show('refused'))
    expect(page.box.textContent).toContain('Rules and routes are not known.')
    host = sampleHost({ origin: 'api', gaps: [whole] })
    page.show(show('pending'))
    expect(page.box.textContent).toContain('has not been allowed to use its privileged helper yet')
    page.show(show('allowed'))
    expect(page.box.textContent).toContain('has been allowed, and the host is being read with it')
    problem = 'the privileged helper could not be started'
    page.show(show('allowed'))
    expect(page.box.textContent).toContain('One part of this host could not be read')
    expect(page.box.textContent).not.toContain('API')
    page.show(show('refused', 'your answer could not be kept: the disk is full'))
    expect(page.box.textContent).toContain('Your answer could not be kept: the disk is full.')
  })
})
