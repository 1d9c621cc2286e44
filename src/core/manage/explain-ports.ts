import { bracketed } from '../net/format-packet.ts'
import { type JsonRecord, recordOf, recordsOf, textOf } from '../parse/json-value.ts'
import { explainField, memberPath } from './explain-field.ts'
import type { ExplainedField } from './inventory.ts'

/** Explains a container's ports: exposed ones against published ones. */
export function explainPorts(container: JsonRecord, mode: string): readonly ExplainedField[] {
  const host = recordOf(container, 'HostConfig')
  const exposed = Object.keys(recordOf(recordOf(container, 'Config'), 'ExposedPorts'))
  const asked = recordOf(host, 'PortBindings')
  const given = recordOf(recordOf(container, 'NetworkSettings'), 'Ports')
  const isUp = recordOf(container, 'State')['Running'] === true
  const all = [...new Set([...exposed, ...Object.keys(asked), ...Object.keys(given)])].sort(byNumber)
  const everything = host['PublishAllPorts'] === true
  return [
    ...all.flatMap((port) => {
      const places = isUp ? placesOf(given, port) : placesOf(asked, port)
      const isAsked = port in asked || everything
      return explainPort({ port, mode, places, isAsked, isUp })
    }),
    ...explainField(
      'HostConfig.PublishAllPorts',
      'All ports published',
      everything ? 'yes' : null,
      '-P: each exposed port is bound to a free port of the host',
    ),
  ]
}

interface Port {
  readonly port: string
  readonly mode: string
  readonly places: readonly string[]
  readonly isAsked: boolean
  readonly isUp: boolean
}

function explainPort({ port, mode, places, isAsked, isUp }: Port): readonly ExplainedField[] {
  const label = `Port ${port}`
  if (mode === 'host')
    return explainField(
      memberPath('Config.ExposedPorts', port),
      label,
      'on the host itself',
      'in host mode nothing is published: what listens, listens on the host',
    )
  if (mode.startsWith('container:'))
    return explainField(
      memberPath('Config.ExposedPorts', port),
      label,
      'with the other container',
      'the ports of the namespace are published with the container that it belongs to',
    )
  if (!isAsked)
    return explainField(
      memberPath('Config.ExposedPorts', port),
      label,
      'exposed, not published',
      'EXPOSE is a note of what the image serves: it opens nothing. Containers of its networks reach the port with or without it, the outside does not find it at an address of the host',
    )
  const path = memberPath(isUp ? 'NetworkSettings.Ports' : 'HostConfig.PortBindings', port)
  if (isUp && places.length === 0)
    return explainField(
      path,
      label,
      'asked for, not published',
      'no network of it publishes ports: they are internal, or of a driver without',
    )
  const where = places.join(', ')
  const value = isUp ? `published at ${where}` : `published at ${where} when it runs`
  const narrow = places.every((place) => place.startsWith('127.') || place.startsWith('[::1]'))
  return explainField(
    path,
    label,
    value,
    narrow
      ? 'a loopback address: only the host itself reaches it there'
      : 'the outside reaches it there: DNAT takes a packet before the INPUT rules, which is where ufw has its own',
  )
}

function placesOf(ports: JsonRecord, port: string): readonly string[] {
  return recordsOf(ports, port).map((binding) => {
    const [address, number] = [textOf(binding, 'HostIp') ?? '', textOf(binding, 'HostPort') ?? '']
    const free = number === '' || number === '0' ? 'a free port' : number
    if (address === '') return `any address, port ${free.replace(/^a free port$/, 'a free one')}`
    return `${bracketed(address)}:${free}`
  })
}

function byNumber(one: string, other: string): number {
  return Number.parseInt(one, 10) - Number.parseInt(other, 10) || (one < other ? -1 : 1)
}
