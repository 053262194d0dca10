import { deviceCandidates } from './device-candidates.ts'
import { tryStart } from './try-start.ts'
import type { BoardQuestion } from './try-start.ts'

/** QEMU's reason for each device type that a board does not start with. */
export type RefusedDevices = Readonly<Record<string, string>>

/** What wants something besides: a disk, a file system, a number. QEMU would only tell of that. */
const needsMore: ReadonlySet<string> = new Set(['disk', 'filesystem', 'vsock', 'controller:pci'])

/**
 * Starts a board with each device of its PCI bus that needs nothing else: together, and one by one where
 * that fails, so that only the boards that refuse some take longer.
 */
export async function tryDevices(
  question: BoardQuestion,
  bus: string,
  types: readonly string[],
): Promise<RefusedDevices> {
  const has = new Set(types)
  const drivers = [
    ...new Set(
      deviceCandidates.flatMap(({ row, pci = '' }) =>
        has.has(pci) && !needsMore.has(row) ? [pci] : [],
      ),
    ),
  ]
  const words = (driver: string): readonly string[] => ['-device', `${driver},bus=${bus}`]
  if ((await tryStart(question, drivers.flatMap(words))) === undefined) return {}
  const refused: Record<string, string> = {}
  for (const driver of drivers) {
    const said = await tryStart(question, words(driver))
    if (said !== undefined) refused[driver] = said
  }
  return refused
}
