import type { HashlimitKey } from '../../host/module-match.ts'
import { type ModulePiece, type ModuleReader, onlyNamed } from './module-reader.ts'
import { type Option, oneValue } from './options.ts'
import { readDecimal } from './values.ts'

/** Modules whose answer depends on what has passed before, or on the clock. */
export const STATEFUL_MODULES: ReadonlyMap<string, ModuleReader> = new Map(
  Object.entries<ModuleReader>({
    recent: readRecent,
    limit: (_options, { text }) => [{ kind: 'limit', text }],
    hashlimit: readHashlimit,
    connlimit: readConnlimit,
    statistic: readStatistic,
    time: (_options, { text }) => [{ kind: 'time', text }],
  }),
)

const find = (options: readonly Option[], name: string): Option | undefined =>
  options.find((option) => option.name === name)

/** Returns the number of an option: null where it is missing, NaN where it is no number. */
function numberOf(options: readonly Option[], name: string): number | null {
  const option = find(options, name)
  return option === undefined ? null : (readDecimal(oneValue(option) ?? '') ?? Number.NaN)
}

const RECENT_ACTIONS = { set: 'set', rcheck: 'check', update: 'update', remove: 'remove' } as const
const RECENT_OPTIONS = ['name', 'mask', 'rsource', 'rdest', 'seconds', 'hitcount', 'reap', 'rttl']

/** `--reap` forgets old times only, which decides nothing for the packet. */
function readRecent(options: readonly Option[], { text, family }: ModulePiece): ReturnType<ModuleReader> {
  const actions = Object.entries(RECENT_ACTIONS).filter(([name]) => find(options, name) !== undefined)
  const [first, extra] = actions
  if (first === undefined || extra !== undefined) return null
  if (!onlyNamed(options, [...RECENT_OPTIONS, first[0]])) return null
  const name = find(options, 'name')
  const mask = find(options, 'mask')
  const seconds = numberOf(options, 'seconds')
  const hits = numberOf(options, 'hitcount')
  if (Number.isNaN(seconds) || Number.isNaN(hits)) return null
  return [
    {
      kind: 'recent',
      name: (name === undefined ? null : oneValue(name)) ?? 'DEFAULT',
      side: find(options, 'rdest') === undefined ? 'source' : 'destination',
      mask: (mask === undefined ? null : oneValue(mask)) ?? (family === 'ip' ? '255.255.255.255' : ALL_OF_SIX),
      action: first[1],
      seconds,
      hits,
      sameTtl: find(options, 'rttl') !== undefined,
      negated: find(options, first[0])?.negated === true,
      text,
    },
  ]
}

const ALL_OF_SIX = 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'
const HASHLIMIT_KEYS: readonly HashlimitKey[] = ['srcip', 'srcport', 'dstip', 'dstport']

/** Sizes and times of the table decide nothing as long as it has room. */
function readHashlimit(options: readonly Option[], { text, family }: ModulePiece): ReturnType<ModuleReader> {
  const limit = options.find(({ name }) => ['hashlimit', 'hashlimit-upto', 'hashlimit-above'].includes(name))
  const name = find(options, 'hashlimit-name')
  const mode = find(options, 'hashlimit-mode')
  if (limit === undefined || name === undefined || !options.every((option) => option.name.startsWith('hashlimit')))
    return null
  const words = mode === undefined ? [] : (oneValue(mode) ?? '').split(',')
  const keys = words.map((word) => HASHLIMIT_KEYS.find((key) => key === word))
  if (!keys.every((key): key is HashlimitKey => key !== undefined)) return null
  const whole = family === 'ip' ? 32 : 128
  const rate = oneValue(limit) ?? ''
  const burst = numberOf(options, 'hashlimit-burst') ?? 5
  const counts = /^\d+\/\w+$/.test(rate) && find(options, 'hashlimit-rate-match') === undefined
  return [
    {
      kind: 'hashlimit',
      name: oneValue(name) ?? '',
      above: (limit.name === 'hashlimit-above') !== limit.negated,
      burst: Number.isNaN(burst) ? 0 : burst,
      keys,
      sourceLength: numberOf(options, 'hashlimit-srcmask') ?? whole,
      destinationLength: numberOf(options, 'hashlimit-dstmask') ?? whole,
      countsPackets: counts && !Number.isNaN(burst),
      text,
    },
  ]
}

const CONNLIMIT_OPTIONS = ['connlimit-above', 'connlimit-upto', 'connlimit-mask', 'connlimit-saddr', 'connlimit-daddr']

function readConnlimit(options: readonly Option[], { text, family }: ModulePiece): ReturnType<ModuleReader> {
  const limit = options.find(({ name }) => name === 'connlimit-above' || name === 'connlimit-upto')
  if (limit === undefined || !onlyNamed(options, CONNLIMIT_OPTIONS)) return null
  const count = readDecimal(oneValue(limit) ?? '')
  const prefixLength = numberOf(options, 'connlimit-mask') ?? (family === 'ip' ? 32 : 128)
  if (count === null || !(prefixLength <= (family === 'ip' ? 32 : 128))) return null
  const side = find(options, 'connlimit-daddr') === undefined ? 'source' : 'destination'
  const above = (limit.name === 'connlimit-above') !== limit.negated
  return [{ kind: 'connlimit', limit: count, above, side, prefixLength, text }]
}

/** A chance of 0 or 1 and every single packet are sure; all else is a matter of luck or of what has passed. */
function readStatistic(options: readonly Option[], { text }: ModulePiece): ReturnType<ModuleReader> {
  const chance = find(options, 'probability')
  const every = find(options, 'every')
  const asked = chance ?? every
  if (asked === undefined || !onlyNamed(options, ['mode', 'probability', 'every', 'packet'])) return null
  const value = Number(oneValue(asked) ?? 'none')
  if (Number.isNaN(value)) return null
  const certain = value === 1 ? 'always' : chance !== undefined && value === 0 ? 'never' : null
  return [{ kind: 'statistic', certain, negated: asked.negated, text }]
}
