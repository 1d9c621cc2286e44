import type { PortRange } from '../../host/match.ts'
import type { BpfInstruction, U32Operation, U32Test } from '../../host/module-match.ts'
import { type ModulePiece, type ModuleReader, onlyNamed } from './module-reader.ts'
import { type Option, oneValue } from './options.ts'
import { readDecimal, readMasked, readNumber, readRange } from './values.ts'

/** Modules that look into the packet's bytes. */
export const CONTENT_MODULES: ReadonlyMap<string, ModuleReader> = new Map(
  Object.entries<ModuleReader>({
    string: readString,
    u32: readU32,
    bpf: readBpf,
    tcpmss: readTcpMss,
    tos: (options, piece) => readTos('tos', options, piece),
    dscp: (options, piece) => readTos('dscp', options, piece),
  }),
)

function single(options: readonly Option[], name: string): Option | null {
  const [option, extra] = options
  return option !== undefined && extra === undefined && option.name === name ? option : null
}

/** The end of a search that is not given: the length of a packet has 16 bits. */
const NO_END = 65535

function readString(options: readonly Option[], { text }: ModulePiece): ReturnType<ModuleReader> {
  if (!onlyNamed(options, ['string', 'hex-string', 'algo', 'from', 'to', 'icase'])) return null
  const asked = options.find(({ name }) => name === 'string' || name === 'hex-string')
  const pattern = asked === undefined ? null : oneValue(asked)
  if (asked === undefined || pattern === null) return null
  const bytes = asked.name === 'string' ? textBytes(pattern) : hexBytes(pattern)
  const from = limitOf(options, 'from', 0)
  const to = limitOf(options, 'to', NO_END)
  if (bytes === null || from === null || to === null) return null
  const ignoreCase = options.some(({ name }) => name === 'icase')
  return [{ kind: 'string', bytes, from, to, ignoreCase, negated: asked.negated, text }]
}

function limitOf(options: readonly Option[], name: string, missing: number): number | null {
  const option = options.find((each) => each.name === name)
  return option === undefined ? missing : readDecimal(oneValue(option) ?? '')
}

/** Null for what is not ASCII: how many bytes it stood for was lost when the text was read. */
function textBytes(text: string): readonly number[] | null {
  const bytes = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
  return bytes.every((byte) => byte < 128) ? bytes : null
}

/** `GET |20 2f|`: hexadecimal between bars. */
function hexBytes(text: string): readonly number[] | null {
  const bytes: number[] = []
  for (const [index, part] of text.split('|').entries()) {
    const hex = part.replace(/\s/g, '')
    const read = index % 2 === 0 ? textBytes(part) : /^([0-9a-f]{2})*$/i.test(hex) ? pairs(hex) : null
    if (read === null) return null
    bytes.push(...read)
  }
  return bytes
}

function pairs(hex: string): readonly number[] {
  return (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
}

/** `"0x0>>0x16&0x3c@0xc>>0x1a=0x5"`, several tests joined by `&&`. */
function readU32(options: readonly Option[], { text }: ModulePiece): ReturnType<ModuleReader> {
  const option = single(options, 'u32')
  const tests = (option === null ? '' : (oneValue(option) ?? '')).split('&&').map(readU32Test)
  if (option === null || !tests.every((test): test is U32Test => test !== null)) return null
  return [{ kind: 'u32', tests, negated: option.negated, text }]
}

const U32_OPERATORS: ReadonlyMap<string, U32Operation['operator']> = new Map(
  Object.entries<U32Operation['operator']>({ '&': 'and', '<<': 'left', '>>': 'right', '@': 'at' }),
)

function readU32Test(text: string): U32Test | null {
  const [location = '', values = '', extra] = text.split('=')
  const [first = '', ...rest] = location.split(/(&|<<|>>|@)/).map((part) => part.trim())
  const offset = readNumber(first)
  if (offset === null || extra !== undefined) return null
  const operations: U32Operation[] = []
  for (let at = 0; at < rest.length; at += 2) {
    const operator = U32_OPERATORS.get(rest[at] ?? '')
    const number = readNumber(rest[at + 1] ?? '')
    if (operator === undefined || number === null) return null
    operations.push({ operator, number })
  }
  const ranges = values.split(',').map(readU32Values)
  return ranges.every((range): range is PortRange => range !== null) ? { offset, operations, values: ranges } : null
}

function readU32Values(text: string): PortRange | null {
  const [first = '', second = first, extra] = text.trim().split(':')
  const [from, to] = [readNumber(first), readNumber(second)]
  return from === null || to === null || extra !== undefined ? null : { from, to }
}

/** `"4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"`: how many, then each one's code, both jumps and its number. */
function readBpf(options: readonly Option[], { text }: ModulePiece): ReturnType<ModuleReader> {
  const option = single(options, 'bytecode')
  if (option === null || option.negated) return null
  const [count = '', ...lines] = (oneValue(option) ?? '').split(',')
  const program = lines.filter((line) => line.trim() !== '').map(readInstruction)
  if (readDecimal(count.trim()) !== program.length) return null
  return program.every((each): each is BpfInstruction => each !== null) ? [{ kind: 'bpf', program, text }] : null
}

function readInstruction(line: string): BpfInstruction | null {
  const numbers = line.trim().split(/\s+/).map(readDecimal)
  const known = numbers.filter((number) => number !== null)
  const [code = 0, jumpTrue = 0, jumpFalse = 0, k = 0] = known
  if (numbers.length !== 4 || known.length !== 4) return null
  return code > 65535 || jumpTrue > 255 || jumpFalse > 255 || k > 0xffffffff ? null : { code, jumpTrue, jumpFalse, k }
}

function readTcpMss(options: readonly Option[], { text }: ModulePiece): ReturnType<ModuleReader> {
  const option = single(options, 'mss')
  const range = option === null ? null : readRange(oneValue(option) ?? 'none')
  return option === null || range === null ? null : [{ kind: 'tcpmss', range, negated: option.negated, text }]
}

/** DSCP is the upper six bits of the same byte. */
function readTos(name: 'tos' | 'dscp', options: readonly Option[], { text }: ModulePiece): ReturnType<ModuleReader> {
  const option = single(options, name)
  const masked = option === null ? null : readMasked(oneValue(option) ?? '', 0xff)
  if (option === null || masked === null || masked.value > 255) return null
  const bits = name === 'tos' ? masked : { value: (masked.value << 2) & 255, mask: 0xfc }
  return [{ kind: 'tos', ...bits, negated: option.negated, text }]
}
