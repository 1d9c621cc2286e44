import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readPcapng } from '../../../src/core/capture/read-pcapng.ts'
import type { WatchFlow } from '../../../src/core/watch/watch.ts'
import { type Generation, sendProbe, startContainer } from '../../lab/index.ts'
import { run } from '../../lab/run-command.ts'
import { describeWatching, SOON, stopWatching, type Watching } from './stage.ts'

const WEB = '203.0.113.80'

/** What `hopwire watch` tells of real traffic on one generation. */
export function describeFlows(generation: Generation): void {
  describeWatching('what hopwire watch tells', generation, (stage) => {
    const folder = mkdtempSync(join(tmpdir(), 'hopwire-watch-'))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it('tells a container’s connection with its ends, its translation, and where its packets are', async () => {
      const file = join(folder, 'c1.pcapng')
      // Questions of ARP go to every port of a bridge.
      const watched = await stage().watching('c1', '--filter', 'tcp port 80', '-w', file)
      await stage().get('c1', `http://${WEB}/`)
      await stage().get('a1', `http://${WEB}/`)
      // The connection's end and its last packets are told by different tools, in whatever order.
      const isOver = () => {
        const tcp = watched.flows().find(({ protocol, state }) => protocol === 'tcp' && state === 'TIME_WAIT')
        const packets = (tcp?.sent.packets ?? 0) + (tcp?.returned.packets ?? 0)
        return tcp !== undefined && watched.updates.at(-1)?.totals.packets === 4 * packets
      }
      await expect.poll(isOver, SOON).toBe(true)
      expect(await stopWatching(watched)).toMatchObject({ status: 0 })
      const [flow, ...others] = watched.flows().filter(({ protocol }) => protocol === 'tcp')
      expect(others).toEqual([])
      const port = flow?.original.sourcePort ?? 0
      expect(flow).toMatchObject({
        from: { name: 'c1', netns: 'container:c1' },
        to: { name: WEB, netns: null },
        nat: { source: `${stage().engine.address}:${port}`, destination: null },
        directionFrom: 'conntrack',
        trace: { from: '172.17.0.2', to: WEB, protocol: 'tcp', sourcePort: port, destinationPort: 80 },
      })
      expect(flow?.sent.packets).toBeGreaterThan(3)
      // Every packet passes four devices.
      const places = new Set(
        watched.updates.flatMap(({ hops }) => hops.map(({ netns, device }) => `${netns}/${device}`)),
      )
      expect([...places].map((place) => place.replace(/veth\w+/, 'veth')).sort()).toEqual([
        'container:c1/eth0',
        'host/docker0',
        'host/ens5',
        'host/veth',
      ])
      const { capture, problems } = readPcapng(readFileSync(file))
      expect(problems).toEqual([])
      expect(capture.packets).toHaveLength(4 * ((flow?.sent.packets ?? 0) + (flow?.returned.packets ?? 0)))
      expect(watched.updates.at(-1)?.totals.lost).toBe(0)
    })

    it('writes a file that Wireshark’s own tools open without a word', async () => {
      const file = join(folder, 'host.pcapng')
      const watched = await stage().watching('host', '-w', file)
      await stage().get('c1', `http://${WEB}/`)
      await expect.poll(() => watched.updates.at(-1)?.totals.packets ?? 0, SOON).toBeGreaterThan(10)
      await stopWatching(watched)
      const infos = await run(['capinfos', '-M', file])
      expect(infos).toMatch(/File timestamp precision: +nanoseconds \(9\)/)
      expect(infos).toMatch(/Strict time order: +True/)
      expect(infos).toMatch(/Name = host\/docker0/)
      const fields = ['frame.interface_name', 'ip.src', 'ip.dst', 'ip.src_host']
      const argv = ['tshark', '-r', file, '-N', 'n', '-T', 'fields', ...fields.flatMap((field) => ['-e', field]), 'tcp']
      const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
      let [stdout, stderr] = ['', '']
      child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
      child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()))
      expect(await once(child, 'close')).toEqual([0, null])
      expect(stderr.replace(/^Running as user "root".*\n/, '')).toBe('')
      expect(stdout).toMatch(
        new RegExp(`^host/ens5\\t${stage().engine.address.replaceAll('.', '\\.')}\\t203\\.0\\.113\\.80\\t`, 'm'),
      )
      expect(stdout).toMatch(/^host\/docker0\t172\.17\.0\.2\t203\.0\.113\.80\tc1$/m)
    })

    it('tells a connection from outside to a published port, which can be traced as it is', async () => {
      const watched = await stage().watching('web')
      await sendProbe(stage().world.clientNetns, {
        kind: 'tcp-connect',
        to: stage().engine.address,
        port: 8080,
        sourcePort: 45_678,
      })
      const find = () => watched.flows().find(({ original }) => original.sourcePort === 45_678)
      await expect.poll(() => find()?.returned.packets ?? 0, SOON).toBeGreaterThan(0)
      await stopWatching(watched)
      const flow = find()
      expect(flow).toMatchObject({
        from: { name: '198.51.100.200', netns: null },
        to: { name: 'web' },
        nat: { source: null, destination: '172.17.0.4:80' },
        trace: {
          from: 'external:198.51.100.200',
          to: stage().engine.address,
          sourcePort: 45_678,
          destinationPort: 8080,
        },
      })
      const words = ['external:198.51.100.200', `${stage().engine.address}:8080`, '--source-port', '45678', '--json']
      const child = stage().hopwire(['trace', ...words])
      let report = ''
      child.stdout?.on('data', (piece: Buffer) => (report += piece.toString()))
      await once(child, 'close')
      // The connection is in TIME_WAIT by now: a SYN over it begins a new one, for which the rules of nat are asked again.
      expect(report).toMatch(/"chain": "DOCKER",\s+"hook": "prerouting"/)
      expect(report).toContain('"disposition": "delivered"')
    })

    it('tells what crosses a network, and what passes one interface', async () => {
      const [network, device] = [await stage().watching('net-a'), await stage().watching('a1/eth0')]
      await stage().engine.docker(['exec', 'a1', 'ping', '-c', '2', '-i', '0.2', 'a2'])
      await stage().engine.docker(['exec', 'c1', 'ping', '-c', '1', '172.17.0.3'])
      const echo = (watched: Watching) => watched.flows().filter(({ protocol }) => protocol === 'icmp')
      for (const watched of [network, device]) await expect.poll(() => echo(watched)[0]?.returned.packets, SOON).toBe(2)
      await Promise.all([stopWatching(network), stopWatching(device)])
      const expected = { protocol: 'icmp', from: 'a1', to: 'a2', nat: null, sent: 2, returned: 2 }
      expect(echo(network).map(describeFlow)).toEqual([expected])
      expect(echo(device).map(describeFlow)).toEqual([expected])
      const places = new Set(device.updates.flatMap(({ hops }) => hops.map((hop) => `${hop.netns}/${hop.device}`)))
      expect([...places]).toEqual(['container:a1/eth0'])
    })

    it('keeps to the filter, which is an argument and no command', async () => {
      const watched = await stage().watching('c1', '--filter', 'icmp')
      await stage().get('c1', `http://${WEB}/`)
      await stage().engine.docker(['exec', 'c1', 'ping', '-c', '1', WEB])
      await expect.poll(() => watched.flows().map(({ protocol }) => protocol), SOON).toEqual(['icmp'])
      await stopWatching(watched)
      const filters = ['tcp port', 'tcp) or (udp', '$(touch /tmp/hopwire-injected)', ';reboot']
      const refused = await Promise.all(filters.map((filter) => stage().watch('c1', '--filter', filter).ended))
      expect(refused.map(({ status }) => status)).toEqual([2, 2, 2, 2])
      expect(refused[0]?.stderr).toMatch(/^hopwire: the filter is refused: .*syntax error/)
      await expect(stage().engine.onHost(['ls', '/tmp/hopwire-injected'])).rejects.toThrow()
    })

    it('follows a container that is started again', async () => {
      await startContainer(stage().engine, { name: 'again' })
      const watched = await stage().watching('again')
      await stage().engine.docker(['exec', 'again', 'ping', '-c', '1', '172.17.0.3'])
      const seen = () =>
        watched.flows().filter(({ protocol, returned }) => protocol === 'icmp' && returned.packets > 0).length
      await expect.poll(seen, SOON).toBe(1)
      await stage().engine.docker(['restart', '-t', '0', 'again'])
      await expect
        .poll(async () => {
          await stage().engine.docker(['exec', 'again', 'ping', '-c', '1', '172.17.0.3'])
          return seen()
        }, SOON)
        .toBeGreaterThan(1)
      await stopWatching(watched)
      await stage().engine.docker(['rm', '-f', 'again'])
    })

    it('goes on beside a live trace of another Hopwire, whose probe is a packet like any other', async () => {
      const watched = await stage().watching('c1', '--filter', 'tcp port 80')
      const child = stage().hopwire(['trace', 'c1', 'web:80', '--live'])
      expect(await once(child, 'close')).toEqual([0, null])
      await expect.poll(() => watched.flows().map(({ to }) => to.name), SOON).toContain('web')
      expect(await stopWatching(watched)).toMatchObject({ status: 0 })
      expect(watched.updates.at(-1)?.totals.lost).toBe(0)
    })
  })
}

const describeFlow = ({ protocol, from, to, nat, sent, returned }: WatchFlow) => ({
  protocol,
  from: from.name,
  to: to.name,
  nat,
  sent: sent.packets,
  returned: returned.packets,
})
