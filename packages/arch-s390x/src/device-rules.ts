import { unsupported } from '@polyvirt/core/arch'
import type { Problem, Rule } from '@polyvirt/core/arch'
import { allDevices } from './all-devices.ts'
import type { AnyDevice } from './all-devices.ts'

/** The service element has one console of each kind (QEMU hw/char/sclpconsole.c, sclpconsole-lm.c). */
const consoleKinds: Readonly<Record<string, string>> = {
  sclpconsole: 'full-screen console (sclp)',
  sclplmconsole: 'line-mode console (sclplm)',
}

const consoles: Rule = {
  name: 's390x/consoles',
  check({ domain: { devices } }) {
    const all = [
      ...(devices.serial ?? []).map(
        ({ targetModel }, i) => [`devices/serial[${i + 1}]`, targetModel ?? ''] as const,
      ),
      ...(devices.console ?? []).map(
        ({ targetType }, i) => [`devices/console[${i + 1}]`, `${targetType ?? ''}console`] as const,
      ),
    ]
    const first = new Map<string, string>()
    return all.flatMap(([path, kind]): Problem[] => {
      if (!Object.hasOwn(consoleKinds, kind)) return []
      const other = first.get(kind)
      first.set(kind, other ?? path)
      if (other === undefined) return []
      return [
        unsupported(
          path,
          `the machine has one ${consoleKinds[kind] ?? ''}, which is ${other}; use the other kind, or <target type='virtio'/>`,
        ),
      ]
    })
  },
}

/** What only a PCI function has, by the words of a document. */
const ofPci: readonly (readonly [keyof AnyDevice, path: string])[] = [
  ['romEnabled', 'rom'],
  ['romBar', 'rom'],
  ['romFile', 'rom'],
  ['ats', 'driver/@ats'],
  ['pagePerVq', 'driver/@page_per_vq'],
  ['vectors', '@vectors'],
]

/** QEMU's channel devices have no such properties, and the start would fail. */
const channelWords: Rule = {
  name: 's390x/channel-words',
  check({ domain }) {
    return allDevices(domain).flatMap(([path, device]) => {
      if (device.address?.type !== 'ccw') return []
      const below = ofPci.flatMap(([key, at]) => (device[key] === undefined ? [] : [at]))
      return [...new Set(below)].map((at) =>
        unsupported(
          `${path}/${at}`,
          `that is for PCI functions, and this is a channel device; leave it out, or use <address type='pci'/>`,
        ),
      )
    })
  },
}

/** A guest has one matrix of cryptographic adapters (QEMU hw/vfio/ap.c). */
const adapters: Rule = {
  name: 's390x/vfio-ap',
  check({ domain }) {
    const all = (domain.devices.hostdev ?? []).flatMap(({ type, model }, i) =>
      type === 'mdev' && model === 'vfio-ap' ? [`devices/hostdev[${i + 1}]`] : [],
    )
    return all
      .slice(1)
      .map((path) =>
        unsupported(path, `a guest has one matrix of crypto adapters; put all into one 'vfio-ap'`),
      )
  },
}

const panicAddress: Rule = {
  name: 's390x/panic-address',
  check({ domain }) {
    return (domain.devices.panic ?? []).flatMap((panic, i): Problem[] =>
      panic.model === 's390' && panic.address !== undefined
        ? [unsupported(`devices/panic[${i + 1}]/address`, `panic model 's390' takes no address`)]
        : [],
    )
  },
}

/** Of the screens that draw in 3D, QEMU has one for PCI alone (`virtio-gpu-gl-pci`). */
const channelScreens: Rule = {
  name: 's390x/channel-screens',
  check({ domain }) {
    return (domain.devices.video ?? []).flatMap(({ accel3d, address }, i): Problem[] =>
      accel3d === true && address?.type === 'ccw'
        ? [
            unsupported(
              `devices/video[${i + 1}]/model/acceleration/@accel3d`,
              `a channel device draws nothing in 3D; leave it out, or use <address type='pci'/>`,
            ),
          ]
        : [],
    )
  },
}

export const deviceRules: readonly Rule[] = [
  consoles,
  channelWords,
  channelScreens,
  adapters,
  panicAddress,
]
