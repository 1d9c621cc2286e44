import { describe, expect, it } from 'vitest'
import type { HostState } from '../../../src/core/host/host-state.ts'
import { parseEnd } from '../../../src/core/tracer/parse-end.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { address, buildHost, connectedRoutes, device, neighbor, socket } from '../../support/build-host.ts'
import { frames, mainOf, ping, replyOf, syn, trace } from '../../support/trace-words.ts'

const linkLocal = (text: string) => ({ ...address(text), scope: 'link' as const })

/** A host whose two NICs have one link-local address, as one MAC on both would give them. */
function twoLinks(): HostState {
  const [own, mac] = ['fe80::10/64', '52:54:00:00:00:11']
  const second = device(3, 'ens6', 'physical', { mac, addresses: [linkLocal(own)] })
  const state = buildHost({
    nic: { addresses: [address('198.51.100.10/24'), linkLocal(own)] },
    sockets: [socket('tcp [::]:80', 'httpd')],
    neighbors: [neighbor('ens5', 'fe80::77', '52:54:00:00:00:77'), neighbor('ens6', 'fe80::77', '52:54:00:00:00:78')],
  })
  const [host, ...others] = state.namespaces
  if (host === undefined) throw new Error('a host state without namespaces')
  const routes = [...host.routes, ...connectedRoutes([second])]
  return { ...state, namespaces: [{ ...host, interfaces: [...host.interfaces, second], routes }, ...others] }
}

describe('link-local ends', () => {
  it.each([
    ['fe80::1%eth0', { kind: 'address', address: 'fe80::1', link: 'eth0', port: null }],
    ['[FE80:0::1%eth0]:80', { kind: 'address', address: 'fe80::1', link: 'eth0', port: 80 }],
    ['external:fe80::77%br-1', { kind: 'external', address: 'fe80::77', link: 'br-1', port: null }],
    ['external:[fe80::77%ens5]:4000', { kind: 'external', address: 'fe80::77', link: 'ens5', port: 4000 }],
  ])('%s', (text, end) => {
    expect(parseEnd(text)).toEqual(end)
  })

  it.each(['10.0.0.1%eth0', '2001:db8::1%eth0', 'fe80::1%', '[fe80::1%a/b]:80'])('%s is no address', (text) => {
    expect(parseEnd(text).kind).toBe('bad')
  })

  it.each(['ens5', 'ens6'])('the host to a neighbour on %s, and its answer back', (link) => {
    const report = trace(twoLinks(), ping('host', `fe80::77%${link}`))
    expect(report.disposition).toBe('leaves-host')
    expect(frames(mainOf(report).forward)).toEqual([`host ${link} out fe80::10 > fe80::77 ttl 64`])
    expect(replyOf(report).disposition).toBe('delivered')
  })

  it.each(['ens5', 'ens6'])('a machine on the link of %s gets its answer there', (link) => {
    const report = trace(twoLinks(), syn(`external:fe80::77%${link}`, 'fe80::10', 80))
    expect(report.disposition).toBe('delivered')
    expect(frames(replyOf(report)).at(-1)).toMatch(new RegExp(`^host ${link} out fe80::10:80 > fe80::77:`))
    const refused = trace(twoLinks(), syn(`external:fe80::77%${link}`, 'fe80::10', 81))
    expect(frames(replyOf(refused)).at(-1)).toMatch(new RegExp(`^host ${link} out`))
  })

  it.each([
    ['host', 'fe80::77', /any link/],
    ['host', 'fe80::77%eth9', /no device eth9/],
    ['external:fe80::77', 'fe80::10', /any link/],
    ['external:fe80::77%ens5', 'fe80::10%ens6', /not of ens6/],
    ['external:fe80::77%lo', 'fe80::10', /neither/],
  ])('%s to %s is a problem', (from, to, message) => {
    expect(traceFlow(twoLinks(), ping(from, to))).toMatchObject({
      ok: false,
      problem: { message: expect.stringMatching(message) as string },
    })
  })
})
