/** Counts of one stage: numbers, the titles that failed, and the skipped titles (each title carries its reason). */
const empty = () => ({ passed: 0, failed: 0, failures: [], skipped: [] })

/** Counts a vitest JSON report. A file that could not even be collected is one failure. */
export function countVitest(report) {
  const counts = empty()
  for (const file of report.testResults) {
    if (file.assertionResults.length === 0 && file.status === 'failed') {
      counts.failed += 1
      counts.failures.push(`${file.name}: ${String(file.message).split('\n')[0]}`)
    }
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed += 1
      else if (test.status === 'failed') {
        counts.failed += 1
        counts.failures.push(test.fullName)
      } else counts.skipped.push(test.fullName)
    }
  }
  return counts
}

/** Counts a Playwright JSON report, walking its nested suites. */
export function countPlaywright(report) {
  const counts = empty()
  const walk = (suite, path) => {
    for (const child of suite.suites ?? []) walk(child, [...path, child.title])
    for (const spec of suite.specs ?? []) for (const test of spec.tests) countSpec(counts, [...path, spec.title], test)
  }
  for (const suite of report.suites ?? []) walk(suite, [])
  for (const error of report.errors ?? []) {
    counts.failed += 1
    counts.failures.push(String(error.message).split('\n')[0])
  }
  return counts
}

function countSpec(counts, path, test) {
  const title = `[${test.projectName}] ${path.join(' > ')}`
  if (test.status === 'skipped') {
    const reasons = test.annotations.filter((a) => a.type === 'skip').map((a) => a.description)
    counts.skipped.push(`${title}${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`)
  } else if (test.status === 'expected' || test.status === 'flaky') counts.passed += 1
  else {
    counts.failed += 1
    counts.failures.push(title)
  }
}
