import { describe, expect, test } from 'vitest'
import { openSandboxTerminal } from '../../../../src/backend/manage/console/sandbox-terminal.ts'
import type { OpenedTerminal } from '../../../../src/backend/manage/manager.ts'
import { createSandboxSource, type SandboxSource } from '../../../../src/backend/sources/sandbox-source.ts'

interface Session {
  readonly terminal: OpenedTerminal
  readonly source: SandboxSource
  text: string
  exitCode: number | null
}

async function open(scene: string, container: string, command: readonly string[] = []): Promise<Session> {
  const source = createSandboxSource(scene)
  const session = { source, text: '', exitCode: null as number | null }
  const opened = await openSandboxTerminal(source, container, command, {
    onOutput: (bytes) => (session.text += Buffer.from(bytes).toString()),
    onExit: (code) => (session.exitCode = code),
  })
  if (!opened.ok) throw new Error(opened.failure.message)
  return Object.assign(session, { terminal: opened.value })
}

/** Types a line and gives what was printed between it and the next prompt, without colours. */
async function run(session: Session, line: string): Promise<string> {
  session.text = ''
  session.terminal.write(`${line}\r`)
  const ended = (): boolean => session.exitCode !== null || session.text.endsWith('/ # ')
  await expect.poll(ended, { timeout: 15_000 }).toBe(true)
  // oxlint-disable-next-line no-control-regex -- colours begin with one
  const plain = session.text.replace(/\u001B\[\d*m/g, '').replaceAll('\r\n', '\n')
  return plain.slice(plain.indexOf('\n') + 1, plain.lastIndexOf('/ # '))
}

describe('ping', () => {
  test('prints replies as busybox does, with no invented time', async () => {
    const shell = await open('my-net', 'container100')
    expect(shell.text).toContain('nothing runs, the scene and the tracer answer')
    expect(await run(shell, 'ping -c 2 container200')).toBe(
      [
        'PING container200 (172.18.0.3): 56 data bytes',
        '64 bytes from 172.18.0.3: seq=0 ttl=64 time=simulated',
        '64 bytes from 172.18.0.3: seq=1 ttl=64 time=simulated',
        '',
        '--- container200 ping statistics ---',
        '2 packets transmitted, 2 packets received, 0% packet loss',
        '',
      ].join('\n'),
    )
  })

  test('is silent where nobody answers, and says why in its own name', async () => {
    const shell = await open('my-net', 'container100')
    expect(await run(shell, 'ping -c1 172.18.0.99')).toBe(
      [
        'PING 172.18.0.99 (172.18.0.99): 56 data bytes',
        '',
        '--- 172.18.0.99 ping statistics ---',
        '1 packets transmitted, 0 packets received, 100% packet loss',
        '[simulated: Nobody answers for 172.18.0.99 on eth0 of container:container100.]',
        '',
      ].join('\n'),
    )
  })

  test('knows no names on docker0, and no way out of nothing', async () => {
    const shell = await open('docker0', 'container1')
    expect(await run(shell, 'ping -c1 container2')).toMatch(/^ping: bad address 'container2'\n/)
    const none = await open('host-and-none', 'alone')
    expect(await run(none, 'ping -c1 8.8.8.8')).toMatch(
      /^PING 8\.8\.8\.8 \(8\.8\.8\.8\): 56 data bytes\nping: sendto: Network is unreachable\n/,
    )
  })

  test('goes on until Ctrl+C, sees the scene change meanwhile, and ends with its container', async () => {
    const shell = await open('my-net', 'container100')
    shell.terminal.write('ping container200\r')
    await expect.poll(() => shell.text).toContain('seq=0')
    const scene = shell.source.scene()
    if (scene === null) throw new Error('no scene')
    const others = scene.containers.filter(({ name }) => name !== 'container200')
    shell.source.replace({ ...scene, containers: others })
    // Longer than the second between two requests.
    await new Promise((resolve) => setTimeout(resolve, 1300))
    shell.terminal.write('\u0003')
    await expect
      .poll(() => shell.text)
      .toMatch(/\^C\r\n\r\n--- container200 ping statistics ---\r\n2 packets transmitted, 1 packets received[^]*\/ # $/)
    shell.source.replace({ ...scene, containers: [] })
    shell.terminal.write('ip addr\r')
    await expect.poll(() => shell.exitCode).toBe(137)
    expect(shell.text).toContain('[the container is not running any more]')
  })
})

describe('names', () => {
  test('are asked of the container’s own resolver', async () => {
    const shell = await open('my-net', 'container100')
    expect(await run(shell, 'nslookup facebook.com')).toBe(
      'Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\nName:\tfacebook.com\nAddress: 203.0.113.80\n\n',
    )
    expect(await run(shell, 'nslookup nothere.example')).toContain("** server can't find nothere.example: NXDOMAIN\n")
    expect(await run(shell, 'getent hosts container200')).toMatch(/^172\.18\.0\.3 +container200\n$/)
  })
})

describe('a connection', () => {
  test('is made, refused, or times out as the tracer says', async () => {
    const shell = await open('published-port', 'quiet')
    const ipv4 = await addressOf(shell.source, 'web')
    expect(await run(shell, `nc ${ipv4} 80`)).toMatch(/^\[simulated: connected to /)
    expect(await run(shell, `wget -O - http://${ipv4}:81/`)).toMatch(
      new RegExp(
        `^Connecting to ${ipv4} \\(${ipv4}:81\\)\nwget: can't connect to remote host \\(${ipv4}\\): Connection refused\n`,
      ),
    )
    expect(await run(shell, `wget http://203.0.113.80`)).toContain('if the machine outside listens')
    const apart = await open('three-tiers', 'nginx')
    const mongo = await addressOf(apart.source, 'mongo')
    expect(await run(apart, `nc ${mongo} 27017`)).toMatch(/^nc: timed out\n\[simulated: /)
    expect(await run(shell, 'curl http://nobody')).toMatch(/^curl: \(6\) Could not resolve host: nobody\n/)
  })
})

async function addressOf(source: SandboxSource, name: string): Promise<string> {
  const loaded = await source.load()
  if (!loaded.ok) throw new Error(loaded.failure.message)
  return loaded.value.containers.find((container) => container.name === name)?.endpoints[0]?.ipv4 ?? ''
}

describe('what the container is', () => {
  test('is shown from the host state', async () => {
    const shell = await open('my-net', 'container100')
    const addr = await run(shell, 'ip addr')
    expect(addr).toMatch(/^1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN\n/)
    expect(addr).toMatch(/\n2: eth0@if\d+: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP\n/)
    expect(addr).toContain('    inet 172.18.0.2/16 brd 172.18.255.255 scope global eth0\n')
    expect(await run(shell, 'ip route')).toMatch(/^default via 172\.18\.0\.1 dev eth0.*\n172\.18\.0\.0\/16 dev eth0/)
    expect(await run(shell, 'ip neigh')).toContain('keeps no neighbours')
    expect(await run(shell, 'ip link set eth0 down')).toContain('not simulated')
    expect(await run(shell, 'ip addr show eth9')).toBe('Device "eth9" does not exist.\n')
    expect(await run(shell, 'cat /etc/resolv.conf')).toContain('nameserver 127.0.0.11\n')
    expect(await run(shell, 'ss -ltn')).toMatch(/^Netid State +Local Address:Port[^]*tcp +LISTEN 127\.0\.0\.11:\d+ /)
    expect(await run(shell, 'hostname -i')).toBe('172.18.0.2\n')
  })
})

describe('the shell', () => {
  test('says what is not simulated', async () => {
    const shell = await open('my-net', 'container100')
    expect(await run(shell, 'foo --bar')).toBe('sh: foo: not simulated in the sandbox\n')
    expect(await run(shell, 'constructor')).toBe('sh: constructor: not simulated in the sandbox\n')
    expect(await run(shell, 'ip addr | grep eth0')).toContain('"|" is not simulated in the sandbox')
    expect(await run(shell, "cat '/etc/passwd")).toContain('unterminated quoted string')
    await run(shell, 'exit')
    expect(shell.exitCode).toBe(2)
  })

  test('edits lines and remembers them', async () => {
    const shell = await open('my-net', 'container100')
    expect(await run(shell, 'hostnamx\u007Fe -j\b\u001B[D\u001B[C\u007Fi\u0001\u0005')).toContain('not simulated')
    expect(await run(shell, 'hostname -ix\u007F')).toBe('172.18.0.2\n')
    expect(await run(shell, '\u001B[A')).toBe('172.18.0.2\n')
    expect(await run(shell, '\u001B[A\u001B[A\u001B[B\u001B[H\u001B[3~h')).toBe('172.18.0.2\n')
    expect(await run(shell, 'nonsense\u0015hostname -i')).toBe('172.18.0.2\n')
    shell.text = ''
    shell.terminal.write('half\u0003')
    expect(shell.text).toBe('half^C\r\n/ # ')
    shell.terminal.write('exit 3\r')
    await expect.poll(() => shell.exitCode).toBe(3)
  })

  test('runs the command that it was opened with, and refuses what does not run', async () => {
    const shell = await open('my-net', 'container100', ['hostname', '-i'])
    await expect.poll(() => shell.text).toContain('172.18.0.2\r\n')
    const source = createSandboxSource('my-net')
    const handler = { onOutput: () => undefined, onExit: () => undefined }
    expect(await openSandboxTerminal(source, 'nobody', [], handler)).toMatchObject({
      ok: false,
      failure: { code: 'engine-refused', message: 'No such container: nobody' },
    })
  })
})
