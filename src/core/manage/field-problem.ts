import type { FieldProblem } from './plan.ts'

/** Returns what would be refused; `at` is a path below the action. */
export function error(at: string, message: string): FieldProblem {
  return { at, severity: 'error', message }
}

/** Returns what would work and surprise; `at` is a path below the action. */
export function warning(at: string, message: string): FieldProblem {
  return { at, severity: 'warning', message }
}
