import type { Command, OptionSpec } from '../command.ts'
import { reportOptions } from '../conformance/report-options.ts'
import { int, named, text, words } from '../option-specs.ts'

const archOptions: readonly OptionSpec[] = [
  named(
    text('arch', 'architectures, separated by commas (default all that are installed)', 'arch'),
  ),
  named(text('guest', 'guest architectures, separated by commas', 'arch')),
]

/** Words of the tiers, from the cheapest. */
const tierWords = ['laws', 'model', 'golden', 'live', 'guest', 'nested']

export const commands: readonly Command[] = [
  {
    name: 'conformance run',
    group: 'conformance',
    summary: 'try what the installed architectures promise',
    description:
      'Run the scenarios of the conformance suite over the installed architectures: from\n' +
      'tables that agree to guests that boot and report what they found inside. What an\n' +
      'architecture offers must hold; what it does not offer must be refused.\n\n' +
      'The results go to --output as HTML, JUnit XML, JSON and Markdown. Ctrl-C stops the\n' +
      'guests and writes what is known.\n\n' +
      'Exit code: 0 all that was tried passed, 1 something failed, 2 the command line says\n' +
      'nothing runnable, 3 nothing could be tried, 130 interrupted.',
    options: [
      ...archOptions,
      named(text('tier', `of ${tierWords.join(', ')}, separated by commas`, tierWords)),
      named(
        text('scenario', "ids, chapters or patterns, separated by commas: 'disk/*'", 'scenario'),
      ),
      named(
        text('boots', 'how many guests boot: none, few, most (default), all', [
          'none',
          'few',
          'most',
          'all',
        ]),
      ),
      named(text('emulator', 'GUEST=PATH of another QEMU, separated by commas')),
      named(
        text('connect', 'libvirt URI to ask instead of polyvirt (tiers model and live), by virsh'),
      ),
      named(text('shard', 'I/N: only part I of N')),
      named(text('rerun', 'failed: only what failed when it was last tried', ['failed'])),
      named(text('output', "folder for the results (default polyvirt's state folder)")),
      ...reportOptions,
      named(text('label', 'name of this run beside others')),
      named(int('jobs', 'QEMUs at a time (default one a CPU)')),
    ],
    troubleCode: 2,
    // Guests are stopped and reports are written after an interrupt.
    graceMs: 60_000,
    run: async (context, options) => {
      const { runSuite } = await import('../conformance/run-suite.ts')
      return runSuite(context, options)
    },
  },
  {
    name: 'conformance list',
    group: 'conformance',
    summary: 'list the scenarios of the conformance suite',
    description: 'List the scenarios of the suite and the tiers that each can be tried in.',
    options: archOptions,
    troubleCode: 2,
    run: async (context, options) => {
      const { listSuite } = await import('../conformance/list-suite.ts')
      return listSuite(context, options)
    },
  },
  {
    name: 'conformance report',
    group: 'conformance',
    summary: 'put runs of the conformance suite side by side',
    description:
      'Read results of runs (results.json), put the shards of a run together, and runs of\n' +
      'different subjects or labels side by side. Without a file to write, the report is\n' +
      'printed as Markdown. The exit code is that of the runs: 1 where something failed.',
    options: [words('file', 'results.json of each run or shard', true), ...reportOptions],
    troubleCode: 2,
    run: async (context, options) => {
      const { reportRuns } = await import('../conformance/report-runs.ts')
      return reportRuns(context, options)
    },
  },
]
