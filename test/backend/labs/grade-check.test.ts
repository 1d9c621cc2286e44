import { describe, expect, test } from 'vitest'
import { fillNames } from '../../../src/backend/labs/fill-names.ts'
import { gradeCheck } from '../../../src/backend/labs/grade-check.ts'
import { readLab } from '../../../src/backend/labs/read-lab.ts'
import { makeSceneHost } from '../../../src/backend/sources/make-scene-host.ts'
import { readSceneFile } from '../../../src/backend/sources/read-scene-file.ts'
import type { HostState } from '../../../src/core/host/host-state.ts'
import type { Flow } from '../../../src/core/trace/flow.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'

const host = await hostOf('three-tiers')

async function hostOf(name: string): Promise<HostState> {
  const scene = await readSceneFile(name)
  const made = scene.ok ? makeSceneHost(scene.value, name) : scene
  if (!made.ok) throw new Error(made.failure.message)
  return made.value
}

/** Grades one check as a page writes it. */
async function grade(check: string, asked: readonly Flow[] = []): Promise<string | null> {
  const head =
    '---\nnumber: 1\ntitle: T\naim: A\nminutes: 1\nscene: three-tiers\ngrounds: [sandbox]\n---\n## S\n```check\n'
  const read = readLab(`${head}- text: T.\n  ${check.replaceAll('; ', '\n  ')}\n\`\`\`\n`, 'x')
  if (!read.ok) throw new Error(read.problems[0]?.message)
  const spec = read.lab.steps[0]?.checks[0]
  if (spec === undefined) throw new Error('no check was read')
  const ask = async (flow: Flow) => {
    const traced = traceFlow(host, flow)
    return traced.ok ? ({ ok: true, value: traced.report } as const) : ({ ok: false, failure: traced.problem } as const)
  }
  return gradeCheck(spec, { state: host, ask, asked })
}

test.each([
  ['trace: nginx -> flask:5000; proto: tcp; is: delivered', null],
  ['trace: nginx -> flask:5001; proto: tcp; is: delivered', /nothing-listening/],
  ['trace: nginx -> {{mongo}}; is: dropped; because: DROP', null],
  ['trace: nginx -> {{mongo}}; is: dropped; because: REJECT', /another reason/],
  ['trace: nginx -> {{mongo}}; is: not delivered', null],
  ['trace: nginx -> {{nobody}}; is: not delivered', 'nobody has no address yet.'],
  ['trace: nginx -> mongo; is: unknown-name', null],
  ['trace: nginx -> mongo; is: delivered', 'nginx → mongo: unknown-name. Nginx itself could not resolve that name.'],
  ['trace: external -> host:80; proto: tcp; is: delivered; meets: [dnat, DOCKER]; avoids: [INPUT]', null],
  ['trace: external -> host:80; proto: tcp; is: delivered; avoids: [ens5]', /still meets ens5/],
  ['trace: external -> host:80; proto: tcp; is: delivered; meets: [OUTPUT]', /does not meet OUTPUT/],
  ['network: public-net-1; driver: bridge; internal: false', null],
  ['network: public-net-1; internal: true', 'public-net-1 is not internal.'],
  ['network: public-net-1; absent: true', 'The network public-net-1 is still there.'],
  ['network: none-such', 'There is no network none-such.'],
  ['network: none-such; absent: true', null],
  ['container: flask; running: true; on: [public-net-1, private-net-1]; not-on: bridge', null],
  ['container: nginx; on: private-net-1', 'nginx is not on private-net-1.'],
  ['container: flask; not-on: private-net-1', 'flask is still on private-net-1.'],
  ['container: flask; running: false', 'flask is running.'],
  ['container: flask; alias: db', 'flask is not called db.'],
  ['container: flask; mode: host', /not host/],
  ['container: nginx; publishes: true', null],
  ['container: flask; publishes: true', 'flask has no port published.'],
  ['container: flask; absent: true', 'The container flask is still there.'],
  ['published: 80->80; address: 0.0.0.0', null],
  ['published: 80->80; address: 127.0.0.1', /not on 127.0.0.1/],
  ['published: 81->80', /No container/],
  ['name: mongo; from: flask; addresses: 1', null],
  ['name: mongo; from: flask; addresses: 2', /1 addresses, not 2/],
  ['name: mongo; from: nginx', 'For nginx, the name mongo means nothing.'],
  ['name: mongo; from: nginx; resolves: false', null],
  ['name: mongo; from: flask; resolves: false', /still means/],
  ['chain: DOCKER-USER', null],
  ['chain: DOCKER; has: --dport 80 -j ACCEPT', null],
  ['chain: DOCKER; has: --dport 81', 'The chain DOCKER has no such rule.'],
  ['chain: DOCKER; has: --dport 80; absent: true', 'The chain DOCKER still has it.'],
  ['chain: NONE', 'There is no chain NONE.'],
  ['device: docker0; address: 172.17.0.1', null],
  ['device: docker0; address: 172.17.0.9', /does not have the address/],
  ['device: docker9', 'The host has no device docker9.'],
])('%s', async (check, expected) => {
  const verdict = await grade(check)
  if (expected instanceof RegExp) expect(verdict).toMatch(expected)
  else expect(verdict).toBe(expected)
})

describe('a question that has to be asked', () => {
  const check = 'trace: nginx -> flask:5000; proto: tcp; is: delivered; asked: true'
  const flow = { from: 'nginx', to: 'flask', protocol: 'tcp', destinationPort: 5000 } as const

  test('does not hold before it was', async () => {
    expect(await grade(check)).toBe('Trace it: nginx → flask:5000.')
    expect(await grade(check, [{ ...flow, destinationPort: 80 }])).toMatch(/^Trace it/)
    expect(await grade(check, [{ ...flow, from: 'mongo' }])).toMatch(/^Trace it/)
  })

  test('may have its port in either place', async () => {
    expect(await grade(check, [flow])).toBeNull()
    expect(await grade(check, [{ from: 'nginx', to: 'flask:5000', protocol: 'tcp' }])).toBeNull()
  })
})

test('what a page leaves to the host is filled in', () => {
  const text = '{{flask}} {{flask@private-net-1}} {{gateway private-net-1}} {{subnet bridge}} {{device bridge}}'
  expect(fillNames(host, text)).toBe('172.19.0.2 172.19.0.2 172.19.0.1 172.17.0.0/16 docker0')
  expect(fillNames(host, '{{host}} {{nic}} {{lan}} {{lan-end}} {{router}}')).toBe(
    '192.0.2.10 ens5 192.0.2.0/24 192.0.2.224/27 192.0.2.1',
  )
  expect(fillNames(host, 'ping {{c1}} {{gateway my-net}}')).toBe('ping ADDRESS-OF-C1 GATEWAY-OF-MY-NET')
})
