import type { TextRun } from '../layout/types.ts'

/** One line of text; where it had to be shortened, its whole is the tooltip. */
export function TextView({ run, className = '' }: { readonly run: TextRun; readonly className?: string }) {
  return (
    <text className={`text-${run.font} tone-${run.tone} ${className}`} x={run.x} y={run.y} textAnchor={run.align}>
      {run.text}
      {run.text !== run.full && <title>{run.full}</title>}
    </text>
  )
}
