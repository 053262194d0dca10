import { setTimeout as sleep } from 'node:timers/promises'
import { invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { Hypervisor } from '../core.ts'
import { flag, int, named, text } from '../option-specs.ts'
import { safeJson } from '../output/safe-json.ts'
import { formatTop } from '../top/format-top.ts'
import { openLiveScreen } from '../top/live-screen.ts'
import type { LiveScreen } from '../top/live-screen.ts'
import { ratesBetween, sorted, sortKeys } from '../top/rates.ts'
import type { Rates, SortKey } from '../top/rates.ts'
import { takeSample } from '../top/sample.ts'
import type { Sample } from '../top/sample.ts'

export const commands: readonly Command[] = [
  {
    name: 'top',
    group: 'monitor',
    summary: 'show what guests use, again and again',
    description:
      'CPU, memory, disk and network rates of the guests that run. On a terminal the view\n' +
      'is written over: q ends it, c, m, d, n and i sort by CPU, memory, disk, network and\n' +
      'id. Elsewhere a table follows the other, or with --json a document a line.',
    options: [
      named(int('interval', 'seconds between two looks; 2')),
      named(int('count', 'end after so many')),
      named(text('sort', 'what comes first; cpu', sortKeys)),
      flag('once', 'the same as --count 1'),
    ],
    run: top,
  },
]

interface View {
  readonly intervalMs: number
  readonly count: number
  /** Changed by keys. */
  sort: SortKey
}

async function top(context: Context, options: Options): Promise<Answer> {
  const sort = options.text('sort') ?? 'cpu'
  if (!(sortKeys as readonly string[]).includes(sort)) {
    throw invalidArgument(`cannot sort by '${sort}'; offered: ${sortKeys.join(', ')}`)
  }
  const view: View = {
    intervalMs: (options.integer('interval', 1) ?? 2) * 1000,
    count: options.flag('once') ? 1 : (options.integer('count', 1) ?? Number.POSITIVE_INFINITY),
    sort: sort as SortKey,
  }
  const hypervisor = await context.hypervisor()
  const { output, settings, environment } = context
  const isLive =
    output.isTerminal && !settings.json && view.count > 1 && environment['TERM'] !== 'dumb'
  if (isLive) await context.terminal.use(() => live(context, hypervisor, view))
  else await tables(context, hypervisor, view)
  return {}
}

/** Looks, the first of which has something to compare with, until it is enough. */
async function* looks(
  hypervisor: Hypervisor,
  view: View,
  { signal, first }: { readonly signal: AbortSignal; readonly first: 'at once' | 'with rates' },
): AsyncGenerator<Rates> {
  let before: Sample | undefined
  let shown = 0
  try {
    for (;;) {
      const now = await takeSample(hypervisor, signal)
      if (before !== undefined || first === 'at once') {
        yield ratesBetween(before, now)
        if (++shown >= view.count) return
      }
      // The first comparison is not worth a long wait.
      await sleep(
        before === undefined ? Math.min(1000, view.intervalMs) : view.intervalMs,
        undefined,
        {
          signal,
        },
      )
      before = now
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

async function tables(context: Context, hypervisor: Hypervisor, view: View): Promise<void> {
  const { output, settings, signal } = context
  for await (const rates of looks(hypervisor, view, { signal, first: 'with rates' })) {
    const shown = { ...rates, guests: sorted(rates.guests, view.sort) }
    if (settings.json) output.write(`${safeJson({ timestampMs: Date.now(), ...shown })}\n`)
    else {
      const screen = { columns: output.columns || 100, styles: output.styles }
      output.write(`${formatTop(shown, screen)}\n`)
    }
    if (output.closed) return
  }
}

const sortingKeys: Readonly<Record<string, SortKey>> = {
  c: 'cpu',
  m: 'memory',
  d: 'disk',
  n: 'net',
  i: 'id',
}

async function live(context: Context, hypervisor: Hypervisor, view: View): Promise<void> {
  const { output } = context
  const ended = new AbortController()
  const signal = AbortSignal.any([context.signal, ended.signal])
  let last: Rates | undefined
  const draw = (screen: LiveScreen): void => {
    if (last === undefined) return
    const guests = sorted(last.guests, view.sort)
    // A terminal that does not know its size says 0.
    const columns = output.columns || 80
    const rows = output.rows || 24
    screen.show(formatTop({ ...last, guests }, { columns, rows, styles: output.styles }))
  }
  const screen = openLiveScreen(context, (key) => {
    // Ctrl-C and Ctrl-D arrive as keys, for the terminal is read key by key.
    if (key === 'q' || key === '\u0003' || key === '\u0004') ended.abort()
    const { [key]: sort } = sortingKeys
    if (sort === undefined) return
    view.sort = sort
    draw(screen)
  })
  try {
    for await (const rates of looks(hypervisor, view, { signal, first: 'at once' })) {
      last = rates
      draw(screen)
      if (output.closed) return
    }
  } finally {
    screen.close()
  }
}
