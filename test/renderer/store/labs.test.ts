import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type BackendService, createService } from '../../../src/backend/service.ts'
import { createSandboxSource } from '../../../src/backend/sources/sandbox-source.ts'
import { connect } from '../../../src/protocol/connect.ts'
import { createPortPair } from '../../../src/protocol/memory-port.ts'
import { serve } from '../../../src/protocol/serve.ts'
import { type AppStore, createAppStore } from '../../../src/renderer/store/store.ts'

/** Grading traces, which takes a busy machine its time; only a fault takes all of this. */
const until = (holds: () => unknown) => vi.waitFor(holds, { timeout: 10_000 })

let service: BackendService
let store: AppStore

beforeEach(async () => {
  service = createService({ source: createSandboxSource('three-tiers'), version: 'test', reading: 'fresh' })
  const [near, far] = createPortPair()
  serve(far, service)
  store = createAppStore({ mode: 'labs' })
  store.getState().connectBackend(connect(near))
  await until(() => expect(store.getState().labs.list).toHaveLength(12))
})
afterEach(() => service.close())

const names = () => store.getState().host?.containers.map(({ name }) => name) ?? []
const run = (command: string) => store.getState().runLabCommand(command)

test('a lab is started, its commands are done and graded, and it is ended', async () => {
  await store.getState().startLab('02-docker0', 'sandbox')
  expect(store.getState().labs).toMatchObject({ busy: null, problem: null, run: { current: 0 } })
  await run('docker run -d --name container1 busybox sleep infinity')
  await run('docker run -d --name container2 busybox sleep infinity')
  await until(() => expect(store.getState().labs.run?.current).toBe(1))
  await run('docker exec container1 ping -c 1 172.17.0.3')
  expect(store.getState().form).toMatchObject({ from: 'container1', to: '172.17.0.3', protocol: 'icmp' })
  expect(store.getState().report?.disposition).toBe('delivered')
  await until(() => expect(store.getState().labs.run?.current).toBe(2))
  await store.getState().endLab()
  await until(() => expect(names()).toContain('mongo'))
  expect(store.getState()).toMatchObject({ report: null, labs: { run: null } })
})

test('what is refused is said, and can be dismissed', async () => {
  await store.getState().startLab('02-docker0', 'sandbox')
  await run('docker network connect no-net container1')
  expect(store.getState().labs.problem).toMatch(/No such container|not found/)
  store.getState().dismissLabProblem()
  expect(store.getState().labs.problem).toBeNull()
  await store.getState().startLab('99-none', 'sandbox')
  expect(store.getState().labs.problem).toContain('no lab 99-none')
})

test('a command on the host is one of the lab', async () => {
  await store.getState().startLab('01-before-and-after-docker', 'sandbox')
  expect(store.getState().host?.networks ?? []).toEqual([])
  await run('sudo apt-get install -y docker.io')
  await until(() => expect(store.getState().host?.networks.map(({ name }) => name)).toContain('bridge'))
})

test('what a command makes on a real engine has the label of the lab', async () => {
  await store.getState().startLab('04-my-net', 'sandbox')
  const { labs } = store.getState()
  if (labs.run === null) throw new Error('no lab is under way')
  store.setState({ labs: { ...labs, run: { ...labs.run, ground: 'docker' } } })
  await run('docker network create my-net')
  await until(() => {
    const made = store.getState().host?.networks.find(({ name }) => name === 'my-net')
    expect(made?.labels).toEqual({ 'io.hopwire.lab': '04-my-net' })
  })
})
