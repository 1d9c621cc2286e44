import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openComposeScene } from '../../../src/backend/sources/read-compose-file.ts'
import type { Plan, PlannedContainer } from '../../../src/core/synth/plan/plan.ts'
import { planScene } from '../../../src/core/synth/plan/plan-scene.ts'

/** What docker compose 2.40.3 made of the project on real engines (capture-up.ts). */
interface Started {
  readonly name: string
  readonly status: string
  readonly mode: string
  readonly networks: Readonly<
    Record<string, { aliases: string[] | null; links: string[] | null; address: string; mac: string }>
  >
  readonly ports: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>
  readonly routes: readonly string[]
}

const folder = join(import.meta.dirname, '../../fixtures/compose/started')

function plan(generation: 20 | 28): Plan {
  const opened = openComposeScene([join(folder, 'compose.yml')], { environment: {}, generation })
  expect(opened.problems).toEqual([])
  if (!opened.ok) throw new Error('refused')
  const planned = planScene(opened.scene)
  expect(planned.refusals).toEqual([])
  return planned.plan
}

/** Of a range, Docker goes on from the port that it gave last, which is not in the project. */
const port = (number: number | string): string => (Number(number) >= 18090 ? '18090-18099' : String(number))

function factsOfPlan(container: PlannedContainer): unknown {
  const { scene, endpoints, bindings, running, gateway, mode } = container
  return {
    name: scene.name,
    status: running ? 'running' : 'exited',
    mode: mode === 'shared' || mode === 'host' || mode === 'none' ? scene.networkMode : 'own',
    networks: Object.fromEntries(
      (running ? endpoints : []).map(({ network, asked, ipv4 }) => [
        network.name,
        { aliases: asked.aliases ?? [], links: asked.links ?? [], address: ipv4, mac: asked.mac ?? null },
      ]),
    ),
    ports: bindings.map((one) => `${one.hostAddress} ${port(one.hostPort)}:${one.port}/${one.protocol}`).sort(),
    wayOut: mode === 'own' && running ? (gateway?.network.ipv4?.gateway ?? null) : null,
    devices: (running ? endpoints : []).map(({ device, ipv4 }) => `${ipv4} ${device}`).sort(),
  }
}

function factsOfStart(started: Started, asked: readonly string[]): unknown {
  const { name, status, mode, networks, ports, routes } = started
  const isOwn = Object.keys(networks).some((network) => network !== 'host' && network !== 'none')
  const running = status === 'running'
  return {
    name,
    status,
    mode: isOwn ? 'own' : mode,
    networks: Object.fromEntries(
      (isOwn && running ? Object.entries(networks) : []).map(([network, { aliases, links, address, mac }]) => [
        network,
        {
          // The container's own names and its id are always there; a scene does not repeat them.
          aliases: (aliases ?? []).filter(
            (alias) => ![name, 'api.example'].includes(alias) && !/^[0-9a-f]{12}$/.test(alias),
          ),
          links: links ?? [],
          address,
          mac: asked.includes(mac) ? mac : null,
        },
      ]),
    ),
    ports: Object.entries(ports)
      .flatMap(([inside, bound]) => (bound ?? []).map((one) => `${one.HostIp} ${port(one.HostPort)}:${inside}`))
      .sort(),
    wayOut: isOwn && running ? (/default via (\S+)/.exec(routes.join('\n'))?.[1] ?? null) : null,
    devices: (isOwn && running ? routes : [])
      .flatMap((route) => {
        const [, device, address] = / dev (\S+) .* src (\S+)/.exec(route) ?? []
        return device === undefined ? [] : [`${address} ${device}`]
      })
      .sort(),
  }
}

describe('what docker compose up made on a real engine', () => {
  it.each([20, 28] as const)('is what the scene of the project gives on Docker %i', (generation) => {
    const started: readonly Started[] = JSON.parse(readFileSync(join(folder, `up-${generation}.json`), 'utf8'))
    const containers = [...plan(generation).containers].sort((a, b) => (a.scene.name < b.scene.name ? -1 : 1))
    // Later engines name the devices of a container in several networks in no order.
    const drop = (facts: unknown): unknown => ({ ...(facts as object), ...(generation === 20 ? {} : { devices: [] }) })
    expect(containers.map((one) => drop(factsOfPlan(one)))).toEqual(
      started.map((one) => drop(factsOfStart(one, ['02:42:aa:00:00:07']))),
    )
  })
})
