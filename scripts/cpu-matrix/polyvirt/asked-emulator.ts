import type { Arch, QemuCapabilities } from '@polyvirt/core'
import type { HostInfo } from '@polyvirt/core/arch'
import type { MatrixCase } from '../cases/matrix-case.ts'
import type { MatrixFacts } from './matrix-facts.ts'

/** The emulator that a case is about, as core's questions take it. */
export interface AskedEmulator {
  readonly arch: Arch
  readonly guestName: string
  readonly emulator: string
  readonly capabilities: QemuCapabilities
  readonly host: HostInfo
  readonly virtType: 'qemu'
  readonly machine?: string
}

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
