import { createContext, useContext } from 'react'
import type { FieldProblem } from '../../../../core/manage/plan.ts'
import type { PlacedProblems } from './place-problems.ts'

/** What the fields of a dialog share. */
export interface DialogContextValue {
  readonly problems: PlacedProblems
  /** A change is under way: nothing can be typed. */
  readonly busy: boolean
}

export const DialogContext = createContext<DialogContextValue>({ problems: new Map(), busy: false })

/** Returns the problems of one field, the gravest first. */
export function useProblems(at: string): readonly FieldProblem[] {
  return useContext(DialogContext).problems.get(at) ?? []
}

/** Tells whether a change is under way. */
export function useBusy(): boolean {
  return useContext(DialogContext).busy
}
