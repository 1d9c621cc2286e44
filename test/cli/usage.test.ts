import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { callHopwire, runHopwire, SPAWNING } from './run-hopwire.ts'

describe('bad usage ends in one line and status 2', () => {
  test.each([
    ['hopwire', 'hopwire: no command was given; it is one of trace, watch, snapshot, serve; see "hopwire --help"'],
    [
      'hopwire ping web',
      'hopwire: unknown command "ping"; it is one of trace, watch, snapshot, serve; see "hopwire --help"',
    ],
    [
      'hopwire --json trace web',
      'hopwire: the first word must be a command, but "--json" was given; it is one of trace, watch, snapshot, serve; see "hopwire --help"',
    ],
    ['hopwire trace web', 'hopwire: trace takes FROM and TO, but "web" was given; see "hopwire trace --help"'],
    ['hopwire trace', 'hopwire: trace takes FROM and TO, but neither was given; see "hopwire trace --help"'],
    ['hopwire trace web db --port 70000', 'hopwire: --port: "70000" is not a whole number from 1 to 65535'],
    ['hopwire trace --flows f.jsonl', 'hopwire: --flows prints JSON only; add --json'],
    ['hopwire trace --flows f.jsonl --json web', 'hopwire: --flows takes no FROM and TO, but "web" was given'],
    [
      'hopwire trace --flows f.jsonl --json --port 1',
      'hopwire: --port does not go with --flows; each line of the file says its own',
    ],
    [
      'hopwire trace --flows /nonexistent --json',
      'hopwire: --flows: "/nonexistent" cannot be read; give a file of JSON lines, or -',
    ],
    ['hopwire trace web db --probe syn', 'hopwire: --probe is for a probe that is sent; add --live'],
    ['hopwire trace web db --wait 9', 'hopwire: --wait is for a probe that is sent; add --live'],
    ['hopwire trace web db --live --probe ping', 'hopwire: --probe "ping" is not one of auto, syn, connect, dns, http'],
    ['hopwire trace web db --live --wait 0', 'hopwire: --wait: "0" is not a whole number from 1 to 300'],
    [
      'hopwire trace web db --live --snapshot h.json',
      'hopwire: --live does not go with --snapshot; it needs an engine',
    ],
    ['hopwire trace --flows f.jsonl --json --live', 'hopwire: --live traces one flow; it does not go with --flows'],
    ['hopwire snapshot now', 'hopwire: snapshot takes no "now"'],
    ['hopwire snapshot --resolve a..b', 'hopwire: --resolve: "a..b" is not a DNS name'],
    ['hopwire serve --port 65536', 'hopwire: --port: "65536" is not a whole number from 0 to 65535'],
  ])('%s', async (line, stderr) => {
    expect(await callHopwire(line.split(' ').slice(1))).toEqual({ status: 2, stdout: '', stderr: `${stderr}\n` })
  })
})

test('the program itself exits with the status', SPAWNING, async () => {
  expect(await runHopwire(['ping'])).toMatchObject({ status: 2, stdout: '' })
})

describe('help and version', () => {
  test.each([
    ['hopwire --help', 'Hopwire shows how packets really travel'],
    ['hopwire help', 'Hopwire shows how packets really travel'],
    ['hopwire trace --help', 'hopwire trace: predict the way of one packet'],
    ['hopwire help snapshot', "hopwire snapshot: save the host's state"],
    ['hopwire serve -h', 'hopwire serve: show Hopwire in a browser'],
  ])('%s prints its page', async (line, start) => {
    const ran = await callHopwire(line.split(' ').slice(1))
    expect({ ...ran, stdout: ran.stdout.slice(0, start.length) }).toEqual({ status: 0, stdout: start, stderr: '' })
    expect(Math.max(...ran.stdout.split('\n').map((text) => text.length))).toBeLessThanOrEqual(100)
  })

  test('hopwire --version prints the version of package.json', SPAWNING, async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await runHopwire(['--version'])).toEqual({ status: 0, stdout: `hopwire ${manifest.version}\n`, stderr: '' })
  })
})
