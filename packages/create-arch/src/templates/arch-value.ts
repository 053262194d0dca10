import type { ArchPlan } from '../arch-plan.ts'
import { targetNameOf } from '../qemu-targets.ts'
import { comment, guestList, quoted } from './words.ts'

/** `src/NAME.ts`: the value that the package exports. */
export function archValue(plan: ArchPlan): string {
  const { names } = plan
  return `import { defineArch } from '@polyvirt/core/arch'
import type { Arch } from '@polyvirt/core/arch'
import { cpu } from './cpu-driver.ts'
import { devices } from './devices.ts'
import { features } from './feature-policy.ts'
import { host } from './host-info.ts'
import { machine } from './machine.ts'

/** Guests of ${guestList(names)}. */
export const ${names.arch}: Arch = defineArch({
  name: ${quoted(names.arch)},
  package: ${quoted(names.package)},
  guests: [
${names.guests.map((guest) => guestEntry(plan, guest)).join('')}  ],
  cpu,
  host,
  features,
  devices,
  machine,
})
`
}

function guestEntry(plan: ArchPlan, guest: string): string {
  const { target, emulators } = plan
  const emulator = emulators[guest] ?? `qemu-system-${targetNameOf(guest)}`
  const todo =
    target === undefined
      ? "TODO(guest): QEMU's target is not known here. Say how wide a word is, which byte comes first, which " +
        'package of your distribution has the emulator, and which hosts run this guest under KVM.'
      : 'TODO(guest): say which hosts (`uname -m`) run this guest under KVM, or leave the list empty: then it ' +
        'is emulated everywhere.'
  return `    {
      name: ${quoted(guest)},
      emulators: [${quoted(emulator)}],
      emulatorPackage: ${quoted(target?.emulatorPackage ?? emulator)},
      wordSize: ${target?.wordSize ?? 64},
      endian: ${quoted(target?.endian ?? 'little')},
${comment(todo, '      ')}      kvmHosts: [],
    },
`
}
