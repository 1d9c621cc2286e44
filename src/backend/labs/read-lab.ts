import type { LabGround } from '../../core/manage/lab.ts'
import { FieldReader } from './field-reader.ts'
import type { CheckSpec, LabPage, PageProblem, ReadLab, StepPage } from './lab-page.ts'
import { readCheck } from './read-check.ts'
import { readSections, type Section } from './read-sections.ts'
import { readYamlBlock } from './read-yaml-block.ts'

/**
 * Reads a lab's page: YAML front matter, an introduction, and one step a `##` heading with fenced `check` and `hint` blocks
 * in it. All problems are told, each with its line. Never throws.
 */
export function readLab(text: string, id: string): ReadLab {
  const problems: PageProblem[] = []
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const end = lines.indexOf('---', 1)
  if (lines[0] !== '---' || end < 0)
    return { ok: false, problems: [{ message: 'a page begins with front matter between two lines of ---', line: 1 }] }
  const head = readHead(lines.slice(1, end).join('\n'), problems)
  const [first, ...rest] = readSections(lines.slice(end + 1).join('\n'), end + 2)
  const steps = rest.map((section) => readStep(section, problems))
  if (steps.length === 0) problems.push({ message: 'a lab has steps: ## TITLE', line: end + 2 })
  if (problems.length > 0 || head === null) return { ok: false, problems }
  return { ok: true, lab: { id, ...head, intro: first?.body ?? '', steps } }
}

function readHead(text: string, problems: PageProblem[]): Omit<LabPage, 'id' | 'intro' | 'steps'> | null {
  const [entry] = readYamlBlock({ text, line: 2 }, problems)
  if (entry === undefined) return null
  const fields = new FieldReader(entry, problems)
  const grounds = fields.texts('grounds')
  const known = grounds.filter((ground): ground is LabGround => ground === 'sandbox' || ground === 'docker')
  if (known.length === 0 || known.length < grounds.length) fields.problem('"grounds" are sandbox and docker')
  const head = {
    number: fields.number('number'),
    title: fields.text('title'),
    aim: fields.text('aim'),
    minutes: fields.number('minutes'),
    scene: fields.text('scene'),
    grounds: known,
    images: fields.texts('images'),
    containers: fields.texts('containers'),
    networks: fields.texts('networks'),
  }
  fields.end()
  return head
}

function readStep(section: Section, problems: PageProblem[]): StepPage {
  const checks = section.checks
    .flatMap((block) => readYamlBlock(block, problems))
    .map((entry) => readCheck(entry, problems))
    .filter((check): check is CheckSpec => check !== null)
  if (section.title === '') problems.push({ message: 'a step needs a title', line: section.line })
  if (checks.length === 0) problems.push({ message: 'a step needs a check', line: section.line })
  const hint = section.hints.map(({ text }) => text).join('\n\n')
  return { title: section.title, body: section.body, hint: hint === '' ? null : hint, checks }
}
