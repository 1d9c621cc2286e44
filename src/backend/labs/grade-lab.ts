import type { LabCheck, LabGround, LabState, LabSummary } from '../../core/manage/lab.ts'
import type { HostState } from '../../core/host/host-state.ts'
import { fillNames } from './fill-names.ts'
import { fillFlow, gradeCheck, type Graded, type Verdict } from './grade-check.ts'
import type { CheckSpec, LabPage, StepPage } from './lab-page.ts'

/**
 * Grades a whole lab on a host. `seen` is what held before of the checks that need to hold only once; what holds now of
 * those, in a step that is reached, is added to it. Steps after the first that is not done are pending.
 */
export async function gradeLab(
  lab: LabPage,
  ground: LabGround,
  graded: Graded,
  seen: Set<CheckSpec>,
): Promise<LabState> {
  const steps: { readonly step: StepPage; readonly verdicts: readonly Verdict[] }[] = []
  let current = lab.steps.length
  for (const [index, step] of lab.steps.entries()) {
    const verdicts = index > current ? [] : await gradeStep(step, graded, seen)
    steps.push({ step, verdicts })
    if (index < current && verdicts.some((verdict) => verdict !== null)) current = index
  }
  return describeLab(lab, ground, graded.state, { steps, current })
}

/** Grades the checks of one step, whether or not it is reached. */
async function gradeStep(step: StepPage, graded: Graded, seen: Set<CheckSpec>): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  for (const check of step.checks) {
    const verdict = seen.has(check) ? null : await gradeCheck(check, graded)
    if (verdict === null && check.once) seen.add(check)
    verdicts.push(verdict)
  }
  return verdicts
}

interface GradedSteps {
  readonly steps: readonly { readonly step: StepPage; readonly verdicts: readonly Verdict[] }[]
  readonly current: number
}

function describeLab(lab: LabPage, ground: LabGround, state: HostState, { steps, current }: GradedSteps): LabState {
  return {
    summary: summarize(lab),
    ground,
    intro: fillNames(state, lab.intro),
    steps: steps.map(({ step, verdicts }, index) => ({
      title: step.title,
      body: fillNames(state, step.body),
      hint: step.hint === null ? null : fillNames(state, step.hint),
      checks: step.checks.map((check, at) => describeCheck(check, state, index > current ? undefined : verdicts[at])),
    })),
    current,
    done: current === lab.steps.length,
  }
}

/** `verdict` is undefined where the check has not been reached. */
function describeCheck(check: CheckSpec, state: HostState, verdict: Verdict | undefined): LabCheck {
  const flow = check.kind === 'trace' ? fillFlow(state, check.flow) : null
  const text = fillNames(state, check.text)
  if (verdict === undefined) return { text, state: 'pending', why: null, flow }
  return { text, state: verdict === null ? 'passed' : 'failed', why: verdict, flow }
}

/** Returns what the list of labs tells of one. */
export function summarize({ id, number, title, aim, minutes, grounds }: LabPage): LabSummary {
  return { id, number, title, aim, minutes, grounds }
}
