/**
 * Boots examples/guest.xml as two machines of different architectures at once, shows their
 * consoles, and compares what they found inside themselves. Run by scripts/demo.
 */
import { readFile, rm } from 'node:fs/promises'
import { styleText } from 'node:util'
import { ppc64 } from '@polyvirt/arch-ppc64'
import { x86 } from '@polyvirt/arch-x86'
import { openHypervisor } from '@polyvirt/core'
import { createRegistry } from '@polyvirt/core/arch'
import { createDemoRoot, removeLeftovers, type OpenRoot } from './demo-root.ts'
import { runGuest, type DemoTarget, type GuestOutcome } from './run-guest.ts'
import { showOutcomes } from './show-outcomes.ts'
import { StatusLine } from './status-line.ts'

interface Column extends DemoTarget {
  readonly colour: 'cyan' | 'yellow'
}

const left: Column = { arch: 'ppc64le', machine: 'pseries', console: 'hvc0', colour: 'cyan' }
const right: Column = { arch: 'x86_64', machine: 'q35', console: 'ttyS0', colour: 'yellow' }
const template = new URL('../../../examples/guest.xml', import.meta.url)

/** Boots both guests and gives the exit code: 0 when each found all that it was given. */
async function demo(screen: StatusLine, signal: AbortSignal): Promise<number> {
  const xml = await readFile(template, 'utf8')
  await using cleanup = new AsyncDisposableStack()
  const registry = createRegistry([ppc64, x86])
  const open: OpenRoot = (root) =>
    openHypervisor(`qemu:///embed?root=${encodeURIComponent(root)}`, { registry })
  await removeLeftovers(open)
  const directory = await createDemoRoot()
  cleanup.defer(() => rm(directory, { recursive: true, force: true }))
  const hypervisor = cleanup.use(await open(directory))

  const phases = new Map([left, right].map((column) => [column, 'waiting']))
  const run = (column: Column): Promise<GuestOutcome> => {
    const prefix = paint(column.colour, `${column.arch.padEnd(left.arch.length)} │`)
    return runGuest(column, {
      hypervisor,
      template: xml,
      directory,
      signal,
      onLine: (line) => screen.print(`${prefix} ${line}`),
      onPhase: (phase) => {
        phases.set(column, phase)
        screen.set([...phases].map(([{ arch }, now]) => `${arch}: ${now}`).join('  ·  '))
      },
    })
  }
  const [first, second] = await Promise.allSettled([run(left), run(right)])
  screen.set('')
  signal.throwIfAborted()
  if (first.status === 'fulfilled' && second.status === 'fulfilled') {
    const options = {
      width: process.stdout.columns ?? 120,
      emphasize: (text: string) => paint('bold', text),
    }
    const shown = showOutcomes(titled(left, first.value), titled(right, second.value), options)
    for (const line of shown) screen.print(line)
  }
  const isFine = [verdict(screen, left, first), verdict(screen, right, second)]
  return isFine.every(Boolean) ? 0 : 1
}

const titled = (column: Column, outcome: GuestOutcome) => ({
  ...outcome,
  title: `${column.arch} on ${column.machine}`,
})

/** Says how it went for one guest, and tells whether it went well. */
function verdict(
  screen: StatusLine,
  { arch }: Column,
  result: PromiseSettledResult<GuestOutcome>,
): boolean {
  const problems =
    result.status === 'fulfilled' ? result.value.problems : [messageOf(result.reason)]
  const lines = problems.length > 0 ? problems : ['found all that examples/guest.xml gives it']
  for (const line of lines) screen.print(`${arch}: ${line}`)
  return problems.length === 0
}

const messageOf = (reason: unknown): string =>
  reason instanceof Error ? reason.message : String(reason)

/** Colours only where the output is a terminal that wants them. */
const paint = (style: Column['colour'] | 'bold', text: string): string =>
  styleText(style, text, { stream: process.stdout })

/**
 * Aborts at the first Ctrl-C, so that all is cleaned up; the second one ends the process. Also when
 * nobody reads any more, as in `scripts/demo | head`.
 */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => controller.abort(new Error(`ended by ${name}`)))
  }
  process.stdout.on('error', (error) => controller.abort(error))
  return controller.signal
}

const screen = new StatusLine(process.stdout)
const interrupted = interruption()
try {
  process.exitCode = await demo(screen, interrupted)
} catch (error) {
  screen.set('')
  console.error(interrupted.aborted ? 'interrupted' : messageOf(error))
  // A kernel may still be on its way from the archive; nobody waits for it now.
  process.exit(interrupted.aborted ? 130 : 1)
}
