import type { MatrixCase } from '../cases/matrix-case.ts'
import type { AskedEmulator } from './core-rooms.ts'
import type { MatrixFacts } from './matrix-facts.ts'

/** The emulator that a case is about, as core's questions take it. */
export async function askedEmulator(
  { arch: guestName, machine }: Pick<MatrixCase, 'arch' | 'machine'>,
  facts: MatrixFacts,
): Promise<AskedEmulator> {
  const arch = await facts.registry.find(guestName)
  const capabilities = facts.capabilities[guestName]
  if (capabilities === undefined) throw new Error(`no capabilities of an emulator for ${guestName}`)
  const guest = arch.guests.find(({ name }) => name === guestName)
  return {
    arch,
    guestName,
    capabilities,
    host: facts.host,
    emulator: `/usr/bin/${guest?.emulators[0] ?? ''}`,
    virtType: 'qemu',
    ...(machine !== undefined && { machine }),
  }
}
