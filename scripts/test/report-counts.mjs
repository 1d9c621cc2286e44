/** What vitest found, as the counts that run.mjs adds up. Its own JSON report tells of tests alone: a hook that fails is in it nowhere. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { empty, withWords } from './count.mjs'

export default class ReportCounts {
  onTestRunEnd(modules, unhandled) {
    const counts = empty()
    for (const module of modules) countModule(counts, module)
    for (const error of unhandled) addFailure(counts, 'an error outside of any test', [error])
    const file = process.env.HOPWIRE_TEST_COUNTS
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(counts))
  }
}

function countModule(counts, module) {
  for (const part of [module, ...module.children.allSuites()]) {
    const errors = part.errors()
    if (errors.length > 0) addFailure(counts, `${titleOf(part)} (${notRunIn(part)})`, errors)
  }
  for (const test of module.children.allTests()) countTest(counts, test)
}

function countTest(counts, test) {
  const { state, errors } = test.result()
  if (state === 'passed') counts.passed += 1
  else if (state === 'failed') addFailure(counts, titleOf(test), errors)
  // What was not run since its suite failed is no skipped test: it is told of with the suite.
  else if (!isInFailed(test)) counts.skipped.push(titleOf(test))
}

function addFailure(counts, title, errors) {
  counts.failed += 1
  counts.failures.push(
    withWords(
      title,
      errors.map(({ stack, message, diff }) => [stack ?? message, diff ?? ''].join('\n')),
    ),
  )
}

function isInFailed({ parent }) {
  return parent !== undefined && (parent.errors().length > 0 || isInFailed(parent))
}

function notRunIn(part) {
  const notRun = [...part.children.allTests()].filter((test) => test.result().state !== 'passed').length
  return notRun === 0 ? 'its tests had run' : `${notRun} of its tests not run`
}

function titleOf(part) {
  const file = part.type === 'module' ? part.relativeModuleId : part.module.relativeModuleId
  return part.type === 'module' ? file : `${file} > ${part.fullName}`
}
