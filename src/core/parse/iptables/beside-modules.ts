import type { OwnerTest } from '../../host/module-match.ts'
import { type ModulePiece, type ModuleReader, onlyNamed } from './module-reader.ts'
import { type Option, oneValue } from './options.ts'

/** Modules that ask about what stands beside the packet: its socket, its sender, the way back, IPsec. */
export const BESIDE_MODULES: ReadonlyMap<string, ModuleReader> = new Map(
  Object.entries<ModuleReader>({
    owner: readOwner,
    cgroup: (options, { text }) => (onlyNamed(options, ['cgroup', 'path']) ? [{ kind: 'cgroup', text }] : null),
    socket: readSocket,
    policy: readPolicy,
    ipvs: readIpvs,
    rpfilter: readRpfilter,
  }),
)

const OWNER_TESTS: ReadonlyMap<string, OwnerTest['what']> = new Map(
  Object.entries<OwnerTest['what']>({ 'uid-owner': 'user', 'gid-owner': 'group', 'socket-exists': 'socket' }),
)

/** `--suppl-groups` widens `--gid-owner`. */
function readOwner(options: readonly Option[], { text }: ModulePiece): ReturnType<ModuleReader> {
  const tests: OwnerTest[] = []
  for (const { name, negated } of options) {
    const what = OWNER_TESTS.get(name)
    if (what === undefined && name !== 'suppl-groups') return null
    if (what !== undefined) tests.push({ what, negated })
  }
  return [{ kind: 'owner', tests, text }]
}

const has = (options: readonly Option[], name: string): boolean => options.some((option) => option.name === name)

function readSocket(options: readonly Option[], { text }: ModulePiece): ReturnType<ModuleReader> {
  if (!onlyNamed(options, ['transparent', 'nowildcard', 'restore-skmark'])) return null
  const [transparent, wildcard] = [has(options, 'transparent'), has(options, 'nowildcard')]
  return [{ kind: 'socket', transparent, wildcard, restoreMark: has(options, 'restore-skmark'), text }]
}

/** Options that narrow `--pol ipsec` down decide nothing for a packet that came or goes without IPsec. */
function readPolicy(options: readonly Option[], { text }: ModulePiece): ReturnType<ModuleReader> {
  const direction = valueOf(options, 'dir')
  const policy = valueOf(options, 'pol')
  if ((direction !== 'in' && direction !== 'out') || (policy !== 'none' && policy !== 'ipsec')) return null
  return [{ kind: 'policy', direction, policy, text }]
}

function valueOf(options: readonly Option[], name: string): string | null {
  const option = options.find((each) => each.name === name)
  return option === undefined ? null : oneValue(option)
}

function readIpvs(options: readonly Option[], { text }: ModulePiece): ReturnType<ModuleReader> {
  const [first, extra] = options
  if (first === undefined) return null
  const property = first.name === 'ipvs' && extra === undefined
  return [{ kind: 'ipvs', property, negated: property && first.negated, text }]
}

function readRpfilter(options: readonly Option[], { text }: ModulePiece): ReturnType<ModuleReader> {
  if (!onlyNamed(options, ['loose', 'validmark', 'accept-local', 'invert'])) return null
  return [
    {
      kind: 'rpfilter',
      loose: has(options, 'loose'),
      useMark: has(options, 'validmark'),
      acceptLocal: has(options, 'accept-local'),
      negated: has(options, 'invert'),
      text,
    },
  ]
}
