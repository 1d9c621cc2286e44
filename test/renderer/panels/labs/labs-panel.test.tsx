// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest'
import type { LabState, LabStep } from '../../../../src/core/manage/lab.ts'
import { LabsPanel } from '../../../../src/renderer/panels/labs/labs-panel.tsx'
import { Markdown } from '../../../../src/renderer/panels/labs/markdown.tsx'
import { AppStoreContext } from '../../../../src/renderer/store/hooks.ts'
import { INITIAL_LABS, type LabData } from '../../../../src/renderer/store/lab-data.ts'
import { type AppStore, createAppStore } from '../../../../src/renderer/store/store.ts'
import { render } from '../render.tsx'
import { sampleHost } from '../sample-host.ts'

const SUMMARY = {
  id: '02-docker0',
  number: 2,
  title: 'Two containers',
  aim: 'You know.',
  minutes: 10,
  grounds: ['sandbox'],
} as const

const step = (title: string, state: 'passed' | 'failed' | 'pending'): LabStep => ({
  title,
  body: 'Look.\n\n```sh\ndocker run -d --name c1 busybox\nip route\n```',
  hint: 'A *hint*.',
  checks: [{ text: `${title} holds.`, state, why: state === 'failed' ? 'Not yet.' : null, flow: null }],
})

const RUN: LabState = {
  summary: SUMMARY,
  ground: 'sandbox',
  intro: 'Welcome.',
  steps: [step('One', 'passed'), step('Two', 'failed'), step('Three', 'pending')],
  current: 1,
  done: false,
}

function show(labs: Partial<LabData>) {
  const store: AppStore = createAppStore({ labs: { ...INITIAL_LABS, ...labs } })
  const rendered = render(
    <AppStoreContext value={store}>
      <LabsPanel />
    </AppStoreContext>,
  )
  return { store, ...rendered }
}

describe('the list', () => {
  test('has a button for each place, and says why one is not to be had', () => {
    const { find } = show({ list: [SUMMARY] })
    expect(find('[aria-label="Start lab 2 in the sandbox"]')).toHaveProperty('disabled', false)
    const docker = find('[aria-label="Start lab 2 on the Docker engine"]')
    expect(docker).toHaveProperty('disabled', true)
    expect(docker.title).toContain('done in the sandbox')
  })
})

describe('what a lab left on an engine', () => {
  const showOn = (kind: 'docker' | 'sandbox') => {
    const host = sampleHost()
    const [network, ...others] = host.networks
    if (network === undefined) throw new Error('the sample has no network')
    const labels = { 'io.hopwire.lab': '08-isolation' }
    const store = createAppStore({ labs: { ...INITIAL_LABS, list: [] } })
    store.setState({
      host: { ...host, networks: [{ ...network, labels }, ...others] },
      status: { kind, phase: 'ready', label: '', progress: null, activity: null, problem: null },
    })
    return render(
      <AppStoreContext value={store}>
        <LabsPanel />
      </AppStoreContext>,
    ).box
  }

  test('is offered to be removed', () => {
    expect(showOn('docker').querySelector('.lab-problem')?.textContent).toContain('left one object on this engine')
    expect(showOn('sandbox').querySelector('.lab-problem')).toBeNull()
  })
})

describe('the lab that is under way', () => {
  test('shows the step that is to be done with its commands, checks and reasons', () => {
    const { box, find } = show({ run: RUN })
    expect(box.textContent).toContain('Not yet.')
    expect(box.textContent).not.toContain('One holds.')
    expect(find('[aria-label="Run docker run -d --name c1 busybox"]')).toHaveProperty('disabled', false)
    // What only a terminal can do has nothing to run.
    expect(box.querySelector('[aria-label="Run ip route"]')).toBeNull()
    expect(find('[aria-label="Copy ip route"]')).toBeDefined()
    expect(find('[aria-current="step"]').textContent).toContain('Two')
  })

  test('gives its hint when it is asked for', () => {
    const { box, click, find } = show({ run: RUN })
    expect(box.textContent).not.toContain('A hint.')
    click(find('.lab-hint .link'))
    expect(box.textContent).toContain('A hint.')
  })

  test('leads from a step that is done to the next', () => {
    const { box, click, find } = show({ run: RUN })
    click(find('[aria-label="One, done"]'))
    expect(box.textContent).toContain('One holds.')
    click(find('.lab-next'))
    expect(box.textContent).toContain('Two holds.')
  })
})

describe('Markdown', () => {
  const draw = (text: string) => {
    const store = createAppStore()
    return render(
      <AppStoreContext value={store}>
        <Markdown text={text} />
      </AppStoreContext>,
    ).box
  }

  test('is drawn as elements', () => {
    const box = draw('A **bold** word, `code` & *more*.\n\n1. one\n2. two\n\n```yaml file=a.yml\nname: a\n```')
    expect(box.querySelector('strong')?.textContent).toBe('bold')
    expect(box.querySelector('p code')?.textContent).toBe('code')
    expect(box.querySelectorAll('ol li')).toHaveLength(2)
    expect(box.querySelector('pre')?.textContent).toBe('name: a')
    expect(box.textContent).toContain('& more.')
  })

  test('is never HTML', () => {
    const box = draw(
      '<img src=x onerror=alert(1)>\n\nA <b>tag</b> and a [link](javascript:alert(1)).\n\n![i](http://x)',
    )
    expect(box.querySelector('img, b, a, script')).toBeNull()
    expect(box.textContent).toContain('<img src=x onerror=alert(1)>')
    expect(box.textContent).toContain('<b>tag</b>')
  })
})
