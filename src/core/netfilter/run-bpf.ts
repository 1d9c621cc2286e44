import type { BpfInstruction } from '../host/module-match.ts'
import {
  andNumbers,
  boundsOf,
  isWhole,
  type PacketBytes,
  type Partial32,
  readNumber,
  shiftLeft,
  shiftRight,
  wholeNumber,
} from './packet-bytes.ts'

/** What a program makes of a packet; `unknown` where that depends on what is not known. */
export type BpfResult = 'accept' | 'refuse' | 'unknown' | 'invalid'

/** Reads what lies beside the packet, by its number; null where that is not known. */
type Beside = (field: number) => number | null

interface Machine {
  readonly program: readonly BpfInstruction[]
  readonly bytes: PacketBytes
  readonly beside: Beside
}

interface Registers {
  readonly a: Partial32
  readonly x: Partial32
  readonly memory: readonly Partial32[]
}

const NOTHING: Partial32 = { bits: 0, known: 0 }
const ZERO = wholeNumber(0)
/** Conditions of which both ways are tried: each doubles the work. */
const MOST_FORKS = 6

/**
 * Runs a program of classic BPF (linux:Documentation/networking/filter.rst) over a packet of which only some bits are known.
 * A load beyond the packet's end refuses it, as in the kernel. Jumps only lead forward, so that every program ends; `invalid`
 * is one that the kernel would not have loaded.
 */
export function runBpf(program: readonly BpfInstruction[], bytes: PacketBytes, beside: Beside): BpfResult {
  const memory = new Array<Partial32>(16).fill(ZERO)
  return runFrom({ program, bytes, beside }, 0, { a: ZERO, x: ZERO, memory }, MOST_FORKS)
}

function runFrom(machine: Machine, start: number, begin: Registers, forks: number): BpfResult {
  let registers = begin
  for (let at = start; ; at++) {
    const instruction = machine.program[at]
    if (instruction === undefined) return 'invalid'
    const kind = instruction.code & 7
    if (kind === 6) return resultOf((instruction.code & 0x18) === 0x10 ? registers.a : wholeNumber(instruction.k))
    if (kind === 5) {
      const taken = jump(instruction, registers)
      if (taken === 'unknown') return tryBoth(machine, at, instruction, registers, forks)
      at += taken
      continue
    }
    const next = step(machine, instruction, registers)
    if (next === 'refuse' || next === 'invalid' || next === 'unknown') return next
    registers = next
  }
}

function resultOf(value: Partial32): BpfResult {
  if (value.bits !== 0) return 'accept'
  return isWhole(value) ? 'refuse' : 'unknown'
}

function tryBoth(
  machine: Machine,
  at: number,
  instruction: BpfInstruction,
  registers: Registers,
  forks: number,
): BpfResult {
  if (forks === 0) return 'unknown'
  const one = runFrom(machine, at + 1 + instruction.jumpTrue, registers, forks - 1)
  return one === runFrom(machine, at + 1 + instruction.jumpFalse, registers, forks - 1) ? one : 'unknown'
}

/** Returns how many instructions to leave out. */
function jump({ code, jumpTrue, jumpFalse, k }: BpfInstruction, { a, x }: Registers): number | 'unknown' {
  const operation = code & 0xf0
  if (operation === 0) return k
  const holds = compare(operation, a, (code & 8) === 0 ? wholeNumber(k) : x)
  return holds === null ? 'unknown' : holds ? jumpTrue : jumpFalse
}

/** BPF_JEQ, BPF_JGT, BPF_JGE and BPF_JSET; null where it cannot be told. */
function compare(operation: number, left: Partial32, right: Partial32): boolean | null {
  const [a, b] = [boundsOf(left), boundsOf(right)]
  switch (operation) {
    case 0x10:
      if (((left.bits ^ right.bits) & left.known & right.known) !== 0) return false
      return isWhole(left) && isWhole(right) ? true : null
    case 0x20:
      return a.least > b.most ? true : a.most <= b.least ? false : null
    case 0x30:
      return a.least >= b.most ? true : a.most < b.least ? false : null
    case 0x40: {
      const common = andNumbers(left, right)
      return common.bits !== 0 ? true : isWhole(common) ? false : null
    }
    default:
      return null
  }
}

type Step = Registers | 'refuse' | 'invalid' | 'unknown'

function step(machine: Machine, instruction: BpfInstruction, registers: Registers): Step {
  const { code, k } = instruction
  const { a, x, memory } = registers
  switch (code & 7) {
    case 0: {
      const loaded = load(machine, instruction, registers)
      return typeof loaded === 'string' ? loaded : { ...registers, a: loaded }
    }
    case 1: {
      const loaded = load(machine, instruction, registers)
      return typeof loaded === 'string' ? loaded : { ...registers, x: loaded }
    }
    case 2:
      return { ...registers, memory: memory.map((cell, index) => (index === k ? a : cell)) }
    case 3:
      return { ...registers, memory: memory.map((cell, index) => (index === k ? x : cell)) }
    case 4: {
      const result = calculate(code & 0xf0, a, (code & 8) === 0 ? wholeNumber(k) : x)
      return typeof result === 'string' ? result : { ...registers, a: result }
    }
    case 7:
      return (code & 0xf8) === 0 ? { ...registers, x: a } : { ...registers, a: x }
    default:
      return 'invalid'
  }
}

const SIZES: Readonly<Record<number, 1 | 2 | 4>> = { 0: 4, 8: 2, 16: 1 }

/** BPF_IMM, BPF_ABS, BPF_IND, BPF_MEM, BPF_LEN and BPF_MSH. */
function load(
  { bytes, beside }: Machine,
  { code, k }: BpfInstruction,
  { x, memory }: Registers,
): Partial32 | 'refuse' | 'invalid' | 'unknown' {
  const size = SIZES[code & 0x18]
  switch (code & 0xe0) {
    case 0x00:
      return wholeNumber(k)
    case 0x20:
      return size === undefined ? 'invalid' : loadAt(bytes, beside, k | 0, size)
    case 0x40:
      if (size === undefined) return 'invalid'
      return isWhole(x) ? loadAt(bytes, beside, (x.bits + k) | 0, size) : 'unknown'
    case 0x60:
      return memory[k] ?? 'invalid'
    case 0x80:
      return wholeNumber(bytes.length)
    case 0xa0: {
      const byte = readNumber(bytes, k, 1)
      return byte === null ? 'refuse' : shiftLeft(andNumbers(byte, wholeNumber(15)), 2)
    }
    default:
      return 'invalid'
  }
}

/** Places below 0 mean something else: what lies beside the packet, or the IP header again. */
const BESIDE = -0x1000
const NETWORK_HEADER = -0x100000

function loadAt(bytes: PacketBytes, beside: Beside, place: number, size: 1 | 2 | 4): Partial32 | 'refuse' {
  if (place >= BESIDE && place < 0) {
    const value = beside(place - BESIDE)
    return value === null ? NOTHING : wholeNumber(value)
  }
  const at = place >= NETWORK_HEADER && place < BESIDE ? place - NETWORK_HEADER : place
  if (at < 0) return NOTHING
  return readNumber(bytes, at, size) ?? 'refuse'
}

function calculate(operation: number, left: Partial32, right: Partial32): Partial32 | 'refuse' | 'invalid' {
  if (operation === 0x50) return andNumbers(left, right)
  if (operation === 0x40) {
    const ones = left.bits | right.bits
    return { bits: ones >>> 0, known: ((left.known & right.known) | ones) >>> 0 }
  }
  if (operation === 0x60 && isWhole(right)) return shiftLeft(left, right.bits)
  if (operation === 0x70 && isWhole(right)) return shiftRight(left, right.bits)
  const divides = operation === 0x30 || operation === 0x90
  if (divides && isWhole(right) && right.bits === 0) return 'refuse'
  if (!isWhole(left) || !isWhole(right)) return NOTHING
  const result = arithmetic(operation, left.bits, right.bits)
  return result === null ? 'invalid' : wholeNumber(result)
}

function arithmetic(operation: number, a: number, b: number): number | null {
  switch (operation) {
    case 0x00:
      return a + b
    case 0x10:
      return a - b
    case 0x20:
      return Math.imul(a, b)
    case 0x30:
      return Math.floor(a / b)
    case 0x80:
      return -a
    case 0x90:
      return a % b
    case 0xa0:
      return a ^ b
    default:
      return null
  }
}
