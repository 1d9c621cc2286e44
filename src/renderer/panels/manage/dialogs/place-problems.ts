import type { FieldProblem } from '../../../../core/manage/plan.ts'

/** The problems of each field; those of no field are at the empty path. */
export type PlacedProblems = ReadonlyMap<string, readonly FieldProblem[]>

/**
 * Returns every problem at the field that it is about: the one with its path, else the closest one above it, else the first
 * one below it. The same sentence stands at a field once.
 */
export function placeProblems(problems: readonly FieldProblem[], fields: readonly string[]): PlacedProblems {
  const placed = new Map<string, readonly FieldProblem[]>()
  for (const problem of problems) {
    const field = ownerOf(problem.at, fields)
    const there = placed.get(field) ?? []
    if (there.some(({ message }) => message === problem.message)) continue
    // What would be refused stands before what would only surprise.
    placed.set(field, problem.severity === 'error' ? [problem, ...there] : [...there, problem])
  }
  return placed
}

function ownerOf(at: string, fields: readonly string[]): string {
  if (at === '' || fields.includes(at)) return at
  const above = fields
    .filter((field) => isBelow(at, field))
    .toSorted((left, right) => right.length - left.length)
    .at(0)
  return above ?? fields.find((field) => isBelow(field, at)) ?? ''
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(above) && /^[.[]/.test(path.slice(above.length))
}
