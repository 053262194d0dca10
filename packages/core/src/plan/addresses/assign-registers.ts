import { placeables, settle } from '../defaults/defaulting.ts'
import type { Defaulting, PlaceableKind } from '../defaults/defaulting.ts'
import { modelOf } from '../allow-list.ts'
import type { DeviceOf } from '../../domain/devices.ts'

/** Kinds in the order in which they get registers. */
const kinds: readonly PlaceableKind[] = ['interface', 'controller', 'tpm', 'serial', 'nvram']

/** Hands out registers of a bus that is addressed by register number. */
export function assignRegisters(d: Defaulting): void {
  const bus = d.context.profile.registers
  if (bus === undefined) return
  const taken = new Set<number>()
  const onBus = kinds.flatMap((kind) =>
    placeables(d.domain, kind)
      .filter(
        (device) => modelOf(kind, device as DeviceOf<PlaceableKind>, d.context)?.bus === bus.type,
      )
      .map((device) => ({ kind, device })),
  )
  for (const { device } of onBus) {
    // An address of another type cannot be meant for such a device; libvirt replaces it too.
    if (device.address !== undefined && device.address.type === 'isa') delete device.address
    if (device.address?.type === bus.type && device.address.reg !== undefined) {
      taken.add(device.address.reg)
    }
  }
  for (const { kind, device } of onBus) {
    if (
      device.address !== undefined &&
      (device.address.type !== bus.type || device.address.reg !== undefined)
    ) {
      continue
    }
    let reg = bus.base[kind] ?? 0x2000
    while (taken.has(reg)) reg += bus.step
    taken.add(reg)
    settle(
      d,
      kind,
      device,
      { type: bus.type, reg },
      {
        rule: `address/${bus.type}`,
        reason: 'the first free register of its kind',
        arch: true,
      },
    )
  }
}
