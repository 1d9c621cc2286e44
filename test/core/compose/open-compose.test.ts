import { describe, expect, it } from 'vitest'
import { normalizeProjectName } from '../../../src/core/compose/project-name.ts'
import { SCENE_SCHEMA, type Scene, type SceneContainer } from '../../../src/core/synth/scene/scene.ts'
import { openText, openTexts, problemsOf, warningsOf } from './memory-files.ts'

function sceneOf(text: string, options: Parameters<typeof openText>[1] = {}): Scene {
  const opened = openText(text, options)
  expect(problemsOf(opened)).toEqual([])
  if (!opened.ok) throw new Error('refused')
  return opened.scene
}

function container(scene: Scene, name: string): SceneContainer {
  const found = scene.containers.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no ${name} among ${scene.containers.map((one) => one.name).join(', ')}`)
  return found
}

describe('names', () => {
  it.each([
    ['My App', 'myapp'],
    ['_.My-App_2', 'my-app_2'],
    ['Ünïcode', 'ncode'],
    ['...', ''],
  ])('makes %j the project %j', (folder, expected) => {
    expect(normalizeProjectName(folder)).toBe(expected)
  })

  it('takes the project from -p, then the environment, then the file, then the folder', () => {
    const text = 'name: "${N:-In The File}"\nservices: {a: {image: i}}'
    const environment = { COMPOSE_PROJECT_NAME: 'env' }
    expect(sceneOf(text, { projectName: 'asked', environment }).name).toBe('asked')
    expect(sceneOf(text, { environment }).name).toBe('env')
    expect(sceneOf(text).name).toBe('inthefile')
    expect(sceneOf('services: {a: {image: i}}').name).toBe('shop')
  })

  it('knows the project inside of values, and names containers and networks by it', () => {
    const scene = sceneOf('services: {a: {image: "${COMPOSE_PROJECT_NAME}/a", scale: 2}}')
    expect(scene.containers.map(({ name, image }) => [name, image])).toEqual([
      ['shop-a-1', 'shop/a'],
      ['shop-a-2', 'shop/a'],
    ])
    expect(scene.networks.map(({ name }) => name)).toEqual(['shop_default'])
  })

  it('names containers as compose 1 did where it is told to', () => {
    const scene = sceneOf('services: {a: {image: i}}', { environment: { COMPOSE_COMPATIBILITY: 'true' } })
    expect(scene.containers[0]?.name).toBe('shop_a_1')
  })
})

describe('the order of things', () => {
  const chain = 'services: {c: {image: i, depends_on: [b]}, b: {image: i, links: [a]}, a: {image: i}, d: {image: i}}'

  it('starts a service behind what it waits for, otherwise as written', () => {
    expect(sceneOf(chain).containers.map(({ name }) => name)).toEqual(['shop-a-1', 'shop-d-1', 'shop-b-1', 'shop-c-1'])
  })

  it('says which addresses depend on chance', () => {
    const expected = expect.stringContaining(
      'a, d, b, c start in no fixed order, so which gets which address of shop_default',
    )
    expect(warningsOf(openText(chain))).toContainEqual(expected)
  })

  it('says nothing of that where each waits for the one before, or has an address of its own', () => {
    const fixed = 'services: {b: {image: i, depends_on: [a]}, a: {image: i}}'
    expect(warningsOf(openText(fixed)).join('\n')).not.toContain('no fixed order')
    const own = `services: {a: {image: i, networks: {n: {ipv4_address: 10.0.0.9}}}, b: {image: i, networks: [n]}}
networks: {n: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}`
    expect(warningsOf(openText(own)).join('\n')).not.toContain('no fixed order')
  })

  it('says that subnets depend on chance where several networks take one of Docker’s choice', () => {
    const text = 'services: {a: {image: i, networks: [x, y]}}\nnetworks: {x: , y: , z: }'
    const opened = openText(text, { generation: 20 })
    expect(warningsOf(opened).filter((line) => line.includes('no fixed order'))).toEqual([
      'f.yml:2:17: compose creates shop_x, shop_y in no fixed order, so which gets which subnet is not fixed: here as written (ipam fixes it)',
    ])
  })

  it('has a service that must end before others start as ended', () => {
    const text =
      'services: {a: {image: i, depends_on: {b: {condition: service_completed_successfully}}}, b: {image: i}}'
    expect(container(sceneOf(text), 'shop-b-1').state).toBe('exited')
    expect(container(sceneOf(text), 'shop-a-1').state).toBeUndefined()
  })

  it('puts the way out first among the devices, internal networks last', () => {
    const text = `services: {a: {image: i, networks: {aa: {priority: 9}, bb: , cc: {gw_priority: 1}}}}
networks: {aa: {internal: true}, bb: , cc: }`
    expect(container(sceneOf(text), 'shop-a-1').networks?.map(({ network }) => network)).toEqual([
      'shop_cc',
      'shop_bb',
      'shop_aa',
    ])
  })
})

describe('what a scene cannot know', () => {
  it('takes ports and expose for what is listened on, and says so', () => {
    const opened = openText('services: {a: {image: i, ports: ["8080:80", "53:53/udp"], expose: ["90-91"]}}')
    expect(opened.scene?.containers[0]?.listens).toEqual(['80/tcp', '53/udp', '90/tcp', '91/tcp'])
    expect(warningsOf(opened)).toContain(
      'f.yml:1:12: "a" is assumed to listen on 80/tcp, 53/udp, 90/tcp, 91/tcp (its ports and expose)',
    )
  })

  it('assumes nothing of an image, and says how to tell', () => {
    const opened = openText('services: {db: {image: postgres}}')
    expect(opened.scene?.containers[0]?.listens).toBeUndefined()
    expect(warningsOf(opened).join('\n')).toContain('what "db" listens on is not known, so nothing is assumed')
  })

  it('believes x-hopwire', () => {
    const opened = openText('services: {db: {image: postgres, x-hopwire: {listens: [5432, 127.0.0.1:53/udp]}}}')
    expect(opened.scene?.containers[0]?.listens).toEqual(['5432/tcp', '127.0.0.1:53/udp'])
    expect(warningsOf(opened).join('\n')).not.toContain('listen')
  })

  it('lists all that is not carried over, each at its place', () => {
    const opened = openText(`version: "3"
services:
  a:
    image: i
    volumes: [d:/d]
    healthcheck: {test: [NONE]}
    dns_opt: [ndots:3]
    cap_add: [NET_ADMIN]
    cap_drop: [ALL]
    sysctls: [net.ipv4.ip_forward=1]
    deploy: {replicas: 1, resources: {}}
    networks: {default: {link_local_ips: [169.254.1.1]}}
volumes: {d: }
secrets: {}
networks: {unused: }
`)
    const lines = opened.notRelevant.map(({ message, place }) => `${place.line}: ${message}`)
    expect(lines.sort((a, b) => Number.parseInt(a) - Number.parseInt(b))).toEqual([
      '1: version',
      '5: services.a.volumes',
      '6: services.a.healthcheck',
      '9: services.a.cap_drop',
      '11: services.a.deploy.resources',
      '13: volumes',
      '14: secrets',
      '15: networks.unused: no service is in it, so compose does not create it',
    ])
    const warned = opened.warnings.map(({ place }) => place.line)
    expect(warned).toEqual(expect.arrayContaining([7, 8, 10, 12]))
  })

  it('assumes an external network, unless the host has it', () => {
    const text = 'services: {a: {image: i, networks: [x]}}\nnetworks: {x: {external: true, name: lan}}'
    expect(sceneOf(text).networks).toEqual([{ name: 'lan' }])
    expect(warningsOf(openText(text)).join('\n')).toContain('"lan" must exist before')
    const lan = { name: 'lan', subnets: [{ subnet: '10.9.0.0/24' }] }
    const other = { name: 'router', networks: [{ network: 'lan' }] }
    const base: Scene = {
      schema: SCENE_SCHEMA,
      name: 'home',
      engine: { generation: 20 },
      host: { nics: [] },
      networks: [lan],
      containers: [other],
    }
    const opened = openText(text, { base })
    expect(opened.scene).toMatchObject({ name: 'shop', engine: { generation: 20 }, networks: [lan] })
    expect(opened.scene?.containers.map(({ name }) => name)).toEqual(['router', 'shop-a-1'])
    expect(warningsOf(opened).join('\n')).not.toMatch(/must exist|host is assumed/)
    expect(problemsOf(openText('services: {a: {image: i, container_name: router}}', { base }))).toEqual([
      'f.yml:1:42: the container name "router" is in use by a container that is there already',
    ])
  })

  it('takes the first free port of a range for each container, and says so', () => {
    const opened = openText('services: {a: {image: i, scale: 2, ports: ["8000-8001:80"]}}')
    expect(opened.scene?.containers.map(({ ports }) => ports?.[0])).toEqual(['8000:80/tcp', '8001:80/tcp'])
    expect(warningsOf(opened).join('\n')).toContain('Docker takes a free port from 8000 to 8001: here the first one')
  })

  it('puts what Docker would refuse where it is written', () => {
    const less = openText('services: {a: {image: i, scale: 3, ports: ["8000-8001:80"]}}')
    expect(warningsOf(less).join('\n')).toContain('no port from 8000 to 8001 is left for all containers of "a"')
    expect(problemsOf(less)).toEqual([
      expect.stringMatching(
        /^f\.yml:1:44: Docker would refuse it: .*0\.0\.0\.0:8001 failed: port is already allocated$/,
      ),
    ])
    const two = openText(
      'services:\n  a: {image: i, ports: ["53:53/udp", "8000:80"]}\n  b: {image: i, ports: ["81:81", "8000:1"]}',
    )
    expect(problemsOf(two)).toEqual([
      expect.stringMatching(/^f\.yml:3:34: Docker would refuse it: .*0\.0\.0\.0:8000 failed/),
    ])
    const far = 'networks: {n: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}'
    expect(problemsOf(openText(`${far}\nservices: {a: {image: i, networks: {n: {ipv4_address: 10.1.0.5}}}}`))).toEqual([
      expect.stringMatching(/^f\.yml:2:\d+: Docker would refuse it: .*no configured subnet or ip-range contain/),
    ])
    const nets =
      'networks: {n: {ipam: {config: [{subnet: 10.0.0.0/24}]}}, m: {ipam: {config: [{subnet: 10.0.0.0/16}]}}}'
    expect(problemsOf(openText(`${nets}\nservices: {a: {image: i, networks: [n, m]}}`))).toEqual([
      'f.yml:1:58: Docker would refuse it: invalid pool request: Pool overlaps with other one on this address space',
    ])
  })

  it('keeps the address of a port of which Docker chooses the number', () => {
    const opened = openText('services: {a: {image: i, ports: ["127.0.0.1::80", {target: 81, host_ip: "::1"}, "82"]}}')
    expect(opened.scene?.containers[0]?.ports).toEqual(['127.0.0.1::80/tcp', '[::1]::81/tcp', '82/tcp'])
  })

  it('assumes a host with the card that a macvlan network sits on', () => {
    const opened = openText(
      'networks: {lan: {driver: macvlan, driver_opts: {parent: enp3s0}}}\nservices: {a: {image: i, networks: [lan]}}',
    )
    expect(opened.scene?.host.nics.map(({ name }) => name)).toEqual(['enp3s0'])
    expect(warningsOf(opened)).toContain('f.yml: the host is assumed: Docker 28, enp3s0 with 192.0.2.10/24')
  })

  it('names the variable that is not set', () => {
    expect(warningsOf(openText('services:\n  a: {image: "i:$TAG"}'))).toContain(
      'f.yml:2:14: the variable TAG is not set: it is taken as empty',
    )
  })
})

describe('where values come from', () => {
  const main = 'services: {a: {image: "${IMAGE}"}}'

  it('is the shell, then the .env beside the file, or the files that are named', () => {
    const texts = { 'f.yml': main, '.env': 'IMAGE=dot', 'other.env': 'IMAGE=other' }
    const image = (options: Parameters<typeof openTexts>[1]): string | undefined =>
      openTexts(texts, options).scene?.containers[0]?.image
    expect(image({})).toBe('dot')
    expect(image({ envFiles: ['/shop/other.env'] })).toBe('other')
    expect(image({ environment: { IMAGE: 'shell' } })).toBe('shell')
  })

  it('refuses an env file that is named and not there', () => {
    expect(problemsOf(openTexts({ 'f.yml': main }, { envFiles: ['/shop/no.env'] }))).toEqual([
      'no.env: the env file cannot be read: there is no such file',
    ])
  })

  it('is COMPOSE_PROFILES where no profile is asked for', () => {
    const text = 'services: {a: {image: i}, b: {image: i, profiles: [x]}, c: {image: i, profiles: [y]}}'
    const count = (options: Parameters<typeof openText>[1]): number => sceneOf(text, options).containers.length
    expect(count({})).toBe(1)
    expect(count({ environment: { COMPOSE_PROFILES: 'x, y' } })).toBe(3)
    expect(count({ environment: { COMPOSE_PROFILES: 'x' }, profiles: ['*'] })).toBe(3)
  })
})
