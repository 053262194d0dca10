import type { Answer, Context, Options } from '../command.ts'
import { formatTable } from '../output/format-table.ts'
import { errorLines } from '../output/report-error.ts'
import { wordsOf } from './known-words.ts'
import { selectSubjects } from './select-subjects.ts'
import { loadSuite } from './suite.ts'

/** `polyvirt conformance list`. */
export async function listSuite(context: Context, options: Options): Promise<Answer> {
  const arches = wordsOf(options, 'arch')
  const guests = wordsOf(options, 'guest')
  const suite = await loadSuite(context.arches)
  const wanted = {
    ...(arches !== undefined && { arches }),
    ...(guests !== undefined && { guests }),
  }
  const subjects = await selectSubjects(context, wanted, (error) => {
    for (const line of errorLines(error)) context.warn(line)
  })
  const scenarios = suite.listScenarios(subjects)
  const { output, settings } = context
  const rows = scenarios.map(({ id, tiers, title }) => [id, tiers.join(', '), title])
  return {
    text: formatTable(['Scenario', 'Tiers', 'Title'], rows, {
      quiet: settings.quiet,
      columns: output.columns,
    }),
    json: scenarios,
  }
}
