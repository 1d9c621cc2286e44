import type { Flow } from '../trace/flow.ts'
import type { ManageAction } from './action.ts'
import { readExec } from './read-exec.ts'
import { readNetworkCreate } from './read-network-create.ts'
import { type KnownOptions, readOptions } from './read-options.ts'
import { readRun } from './read-run.ts'
import { splitWords } from './split-words.ts'

/** What a command line of a page means to Hopwire. */
export type ReadCommand =
  | { readonly kind: 'action'; readonly action: ManageAction }
  /** It sends a packet: what a trace shows. */
  | { readonly kind: 'flow'; readonly flow: Flow }
  /** It changes the host beside Docker's API: iptables, compose, an installation. */
  | { readonly kind: 'host' }
  /** It is for a terminal alone. */
  | { readonly kind: 'terminal' }

const TERMINAL: ReadCommand = { kind: 'terminal' }
const HOST: ReadCommand = { kind: 'host' }

/**
 * Returns what one command line means, as far as the pages of the labs use commands: `docker network ...`, `run`, `rm`,
 * `start` and their like are actions, `ping`, `wget` and `nc` in a container or on the host are flows. Whatever is not
 * understood to its last option is for a terminal: nothing of a command is ever left out in silence.
 */
export function readCommand(line: string): ReadCommand {
  const words = splitWords(line.replace(/^\$\s+/, '').replace(/^sudo\s+/, ''))
  if (words === null || words.length === 0) return TERMINAL
  const [program, ...rest] = words
  if (program === 'docker') return readDocker(rest)
  if (program === 'iptables' || program === 'ip6tables') return isListing(rest) ? TERMINAL : HOST
  if (program === 'apt-get' || program === 'apt')
    return rest.some((word) => word.startsWith('docker')) ? HOST : TERMINAL
  const flow = readExec('host', words)
  return flow === null ? TERMINAL : { kind: 'flow', flow }
}

function isListing(words: readonly string[]): boolean {
  return words.some((word) => /^-[nvt]*[LS]/.test(word))
}

const NONE: KnownOptions = { valued: {}, flags: {} }
const FORCE: KnownOptions = { valued: {}, flags: { '-f': 'force', '--force': 'force' } }
const VERBS = ['start', 'stop', 'restart', 'pause', 'unpause'] as const

function readDocker([command, ...words]: readonly string[]): ReadCommand {
  const verb = VERBS.find((each) => each === command)
  if (verb !== undefined) return one(words, NONE, (name) => ({ kind: 'container-verb', verb, name }))
  switch (command) {
    case 'run':
      return acts(readRun(words))
    case 'rm':
      return one(words, FORCE, (name) => ({ kind: 'remove-container', name }))
    case 'rename':
      return two(words, (name, to) => ({ kind: 'rename-container', name, to }))
    case 'network':
      return readNetwork(words)
    case 'compose':
      return words.includes('up') || words.includes('down') ? HOST : TERMINAL
    case 'exec': {
      const [container, ...inside] = words.filter((word, index) => index > 1 || !/^-(it|i|t)$/.test(word))
      const flow = container === undefined ? null : readExec(container, inside)
      return flow === null ? TERMINAL : { kind: 'flow', flow }
    }
    default:
      return TERMINAL
  }
}

const CONNECT: KnownOptions = {
  valued: { '--alias': 'alias', '--ip': 'ipv4', '--ip6': 'ipv6', '--gw-priority': 'priority' },
  flags: {},
}

function readNetwork([command, ...words]: readonly string[]): ReadCommand {
  switch (command) {
    case 'create':
      return acts(readNetworkCreate(words))
    case 'rm':
      return one(words, FORCE, (name) => ({ kind: 'remove-network', name }))
    case 'prune':
      return acts({ kind: 'prune-networks' })
    case 'disconnect':
      return two(words, (network, container) => ({ kind: 'disconnect', container, network }))
    case 'connect':
      return readConnect(words)
    default:
      return TERMINAL
  }
}

function readConnect(words: readonly string[]): ReadCommand {
  const read = readOptions(words, CONNECT, false)
  if (typeof read === 'string' || read.words.length !== 2) return TERMINAL
  const [network = '', container = ''] = read.words
  const { alias, ipv4, ipv6, priority } = read.values
  const endpoint = {
    network,
    ...(alias === undefined ? {} : { aliases: alias }),
    ...(ipv4?.[0] === undefined ? {} : { ipv4: ipv4[0] }),
    ...(ipv6?.[0] === undefined ? {} : { ipv6: ipv6[0] }),
    ...(priority?.[0] === undefined ? {} : { priority: Number(priority[0]) }),
  }
  return acts({ kind: 'connect', container, endpoint })
}

function acts(action: ManageAction | null): ReadCommand {
  return action === null ? TERMINAL : { kind: 'action', action }
}

function one(words: readonly string[], known: KnownOptions, make: (name: string) => ManageAction): ReadCommand {
  const read = readOptions(words, known, false)
  const [name, more] = typeof read === 'string' ? [] : read.words
  return name === undefined || more !== undefined ? TERMINAL : acts(make(name))
}

function two(words: readonly string[], make: (first: string, second: string) => ManageAction): ReadCommand {
  const [first, second, more] = words
  if (first === undefined || second === undefined || more !== undefined) return TERMINAL
  return first.startsWith('-') || second.startsWith('-') ? TERMINAL : acts(make(first, second))
}
