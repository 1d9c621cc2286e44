import type { ResolverPorts } from '../namespace/make-sockets.ts'
import { IptablesDraft } from './iptables-draft.ts'

/** Writes what leads a container's questions for 127.0.0.11:53 to dockerd's own ports (moby: libnetwork/resolver_unix.go). */
export function writeResolverRules({ tcp, udp }: ResolverPorts): IptablesDraft {
  const draft = new IptablesDraft()
  const nat = (chain: string) => ({ family: 'ip', table: 'nat', chain }) as const
  const to = '-d 127.0.0.11/32'
  draft.append(nat('OUTPUT'), `${to} -j DOCKER_OUTPUT`)
  draft.append(nat('POSTROUTING'), `${to} -j DOCKER_POSTROUTING`)
  const ports = [['tcp', tcp] as const, ['udp', udp] as const]
  for (const [protocol, port] of ports) {
    const dnat = `-j DNAT --to-destination 127.0.0.11:${port}`
    draft.append(nat('DOCKER_OUTPUT'), `${to} -p ${protocol} -m ${protocol} --dport 53 ${dnat}`)
    const snat = `-s 127.0.0.11/32 -p ${protocol} -m ${protocol} --sport ${port} -j SNAT --to-source :53`
    draft.append(nat('DOCKER_POSTROUTING'), snat)
  }
  return draft
}
