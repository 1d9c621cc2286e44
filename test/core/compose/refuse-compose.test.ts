import { describe, expect, it } from 'vitest'
import { openText, openTexts, problemsOf } from './memory-files.ts'

const service = (rest: string): string => `services:\n  a: {image: i, ${rest}}\n`
const network = (rest: string): string => `services:\n  a: {image: i, networks: [x]}\nnetworks:\n  x: ${rest}\n`

/** What is wrong, and the one sentence that says so at its place. */
const cases: readonly (readonly [string, string])[] = [
  ['', 'f.yml: there are no services in it'],
  ['[]', 'f.yml:1:1: a compose file is a mapping (services: ...), this is a list'],
  ['services: []', 'f.yml:1:11: services is a mapping, this is a list'],
  ['services:\n  a:\n', 'f.yml:2:5: services.a is a mapping, this is nothing'],
  ['services:\n  a: {}\n', 'f.yml:2:3: service "a" has neither an image nor a build'],
  ['serviecs: {}', 'f.yml:1:1: compose does not know "serviecs" in a compose file'],
  [service('prots: ["80"]'), 'f.yml:2:17: compose does not know "prots" in services.a'],
  ['services:\n  a: {image: i}\n  a: {image: j}\n', 'f.yml:3:3: Map keys must be unique'],
  ['services:\n  1: {image: i}\n', 'f.yml:2:3: the key 1 is no text: put it in quotes'],
  ['services: {a: {image: *b}}', 'f.yml:1:23: there is no anchor &b before this alias'],
  ['services: {a: {<<: 1, image: i}}', 'f.yml:1:20: `<<` takes a mapping, or a list of mappings'],
  [
    service('ports: ["80:70000"]'),
    'f.yml:2:25: "80:70000" in services.a.ports is no port: "70000" is no port of the container (1 to 65535)',
  ],
  [
    service('ports: ["a:80"]'),
    'f.yml:2:25: "a:80" in services.a.ports is no port: "a" is no port of the host (1 to 65535)',
  ],
  [
    service('ports: ["80-81:80-82"]'),
    'f.yml:2:25: "80-81:80-82" in services.a.ports is no port: the two ranges are not of the same length',
  ],
  [
    service('ports: ["::1:80:80"]'),
    'f.yml:2:25: "::1:80:80" in services.a.ports is no port: "::1" is no address of the host (an IPv6 one stands in brackets)',
  ],
  [service('ports: [{published: 80}]'), 'f.yml:2:25: a port in services.a.ports has no target'],
  [service('expose: [x]'), 'f.yml:2:26: "x" in services.a.expose is no port (80, 80/udp, 3000-3005)'],
  [service('networks: [nope]'), 'f.yml:2:28: service "a" is in network "nope", which is not under networks:'],
  [
    service('networks: {default: {ipv4_address: 10.0.0.300}}'),
    'f.yml:2:52: "10.0.0.300" is no IP address (services.a.networks.default.ipv4_address)',
  ],
  [
    service('networks: {default: {ipv4_address: "fd00::1"}}'),
    'f.yml:2:52: services.a.networks.default.ipv4_address is an IPv4 address, this is fd00::1',
  ],
  [
    service('network_mode: host, networks: [default]'),
    'f.yml:2:31: service "a" has network_mode and networks: compose takes one of the two',
  ],
  [service('network_mode: "service:b"'), 'f.yml:2:31: service "a" needs "b": there is no such service'],
  [service('network_mode: "container:b"'), 'f.yml:2:31: there is no container "b" whose network could be shared'],
  [service('network_mode: lan'), 'f.yml:2:31: there is no network "lan"'],
  [service('depends_on: [b]'), 'f.yml:2:30: service "a" needs "b": there is no such service'],
  [
    service('depends_on: {b: {condition: up}}'),
    'f.yml:2:30: "up" is no condition of depends_on (service_started, service_healthy, service_completed_successfully)',
  ],
  [
    service('scale: 2, container_name: xx'),
    'f.yml:2:43: service "a" has a container_name, so it cannot have 2 containers',
  ],
  [service('hostname: 5'), 'f.yml:2:27: services.a.hostname is a text (in quotes), this is 5'],
  [service('dns: [one]'), 'f.yml:2:23: "one" in services.a.dns is no IP address of a name server'],
  [service('extra_hosts: ["b"]'), 'f.yml:2:31: "b" in services.a.extra_hosts has no address: write name:address'],
  [
    service('extra_hosts: {b: one}'),
    'f.yml:2:34: "one" in services.a.extra_hosts is neither an IP address nor host-gateway',
  ],
  [service('links: ["a:b:c"]'), 'f.yml:2:25: "a:b:c" in services.a.links is no link: write NAME or NAME:ALIAS'],
  [service('mac_address: 02:42'), 'f.yml:2:30: "02:42" is no MAC address (services.a.mac_address)'],
  [service('labels: {b: "${"}'), 'f.yml:2:29: "${" is no variable that compose knows (for a plain $ write $$)'],
  [service('hostname: "${H:?name it}"'), 'f.yml:2:27: the variable H must be set: name it'],
  [
    network('{ipam: {config: [{subnet: 10.0.0.0/33}]}}'),
    'f.yml:4:32: "10.0.0.0/33" is no subnet such as 10.0.0.0/24 (networks.x.ipam.config.subnet)',
  ],
  [
    network('{ipam: {config: [{subnet: 10.0.0.0/24, gateway: 10.0.0}]}}'),
    'f.yml:4:54: "10.0.0" is no IP address (networks.x.ipam.config.gateway)',
  ],
  [
    network('{ipam: {config: [{gateway: 10.0.0.1}]}}'),
    'f.yml:4:23: an entry of networks.x.ipam.config has no subnet, and Docker takes the rest only with one',
  ],
  [
    network('{driver: overlay}'),
    'f.yml:4:15: the driver "overlay" cannot be simulated: bridge, macvlan and ipvlan can',
  ],
  [network('{internal: maybe}'), 'f.yml:4:17: networks.x.internal is true or false, this is "maybe"'],
  [
    network('{external: true, name: host}'),
    'f.yml:2:28: Docker takes no aliases in network "host": write network_mode: host instead',
  ],
  [
    'services: {a: {image: i, depends_on: [b]}, b: {image: i, links: [a]}}',
    'f.yml:1:66: services wait for one another in a circle: a -> b -> a',
  ],
  [
    'services: {a: {image: i, container_name: xx}, b: {image: i, container_name: xx}}',
    'f.yml:1:77: the container name "xx" is in use by service "a"',
  ],
  ['services: {a: {image: i, extends: zz}}', 'f.yml:1:35: there is no service "zz" in f.yml to extend'],
  [
    'services: {a: {image: i, extends: b}, b: {image: i, extends: a}}',
    'f.yml:1:35: services extend one another in a circle: a in f.yml, b in f.yml, a in f.yml',
  ],
  [
    'services: {a: {image: i, extends: {file: no.yml, service: x}}}',
    'f.yml:1:59: no.yml cannot be read: there is no such file',
  ],
  ['include: [no.yml]\nservices: {a: {image: i}}', 'no.yml: it cannot be read: there is no such file'],
  [
    'services: {b: {image: i}, a: {image: i, network_mode: "service:b", ports: ["80:80"]}}',
    'f.yml:1:55: Docker refuses ports of "a" next to network_mode service:b',
  ],
  ['services: {a: {image: i, profiles: [x]}}', 'f.yml: every service has a profile, and none of them is asked for: a'],
  [
    'name: "!!"\nservices: {a: {image: i}}',
    'f.yml: the project has no name: the folder gives none, so write name: at the top of the file',
  ],
  [
    'services: {a: {image: i, networks: [x, y]}}\nnetworks: {x: {name: n}, y: {name: n}}',
    'f.yml:2:26: networks.y and networks.x are both named "n": compose wants one of them',
  ],
]

describe('a compose file that is refused', () => {
  it.each(cases)('%j', (text, expected) => {
    expect(problemsOf(openText(text))).toContain(expected)
    expect(openText(text).ok).toBe(false)
  })

  it('is refused for the file that is not there', () => {
    expect(problemsOf(openTexts({}, {}, ['gone.yml']))).toEqual(['gone.yml: it cannot be read: there is no such file'])
  })

  it('names the file of an override that cannot be merged', () => {
    const opened = openTexts({ 'a.yml': service('ports: ["80"]'), 'b.yml': 'services:\n  a: {ports: 80}\n' }, {}, [
      'a.yml',
      'b.yml',
    ])
    expect(problemsOf(opened)).toEqual(['b.yml:2:14: services.a.ports is a list in a.yml:2 and something else here'])
  })

  it('is refused for files that include one another', () => {
    const texts = { 'a.yml': 'include: [b.yml]\nservices: {a: {image: i}}', 'b.yml': 'include: [a.yml]' }
    expect(problemsOf(openTexts(texts))).toEqual([
      'b.yml:1:11: files include one another in a circle: a.yml, b.yml, a.yml',
    ])
  })

  it('is refused for an included service that differs from the one that is there', () => {
    const texts = { 'a.yml': 'include: [b.yml]\nservices: {a: {image: i}}', 'b.yml': 'services: {a: {image: j}}' }
    expect(problemsOf(openTexts(texts))).toEqual([
      'a.yml:2:12: services.a is here already, and the included one differs',
    ])
  })

  it.each(['Shop', '-shop', ''])('is refused for the project name %j', (projectName) => {
    expect(problemsOf(openText(service('hostname: h'), { projectName }))[0]).toContain('is no project name')
  })

  it('says all that is wrong at once', () => {
    expect(problemsOf(openText(service('ports: ["x"], dns: y, networks: [z]')))).toHaveLength(3)
  })

  it('does not write out aliases of aliases for ever', () => {
    const lines = Array.from(
      { length: 20 },
      (_, index) => `x-${index + 1}: &l${index + 1} [${`*l${index},`.repeat(9)}]`,
    )
    const opened = openText(`x-0: &l0 [a]\n${lines.join('\n')}\nservices: {a: {image: i}}\n`)
    expect(problemsOf(opened)[0]).toContain('its aliases stand for more than 200000 values')
  })

  it('does not run out of stack', () => {
    expect(openText('['.repeat(50_000)).ok).toBe(false)
    expect(openText(`a: ${'['.repeat(500)}${']'.repeat(500)}`).ok).toBe(false)
  })
})
