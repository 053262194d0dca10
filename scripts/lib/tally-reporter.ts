import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/**
 * Writes `PASSED FAILED` to the file that POLYVIRT_TALLY names, for scripts/test to print.
 *
 * A file or a suite that fails outside its tests (a syntax error, a hook that throws) counts as
 * one failure, as does an error that escaped from all of them: tests that never ran must not look
 * like tests that passed.
 */
export default class TallyReporter implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0
    let failed = unhandledErrors.length
    for (const testModule of testModules) {
      failed += testModule.errors().length
      for (const suite of testModule.children.allSuites()) failed += suite.errors().length
      for (const test of testModule.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed += 1
        // A test that neither ran nor was skipped was left behind by a crash or a bail-out.
        if (state === 'failed' || state === 'pending') failed += 1
      }
    }
    const file = process.env['POLYVIRT_TALLY']
    if (file !== undefined) writeFileSync(file, `${passed} ${failed}\n`)
  }
}
