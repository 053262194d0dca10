import { existsSync } from 'node:fs'
import { domainXml, startQemu, targetsOf } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { riscv64 } from '../src/index.ts'
import { recorded } from './contexts.ts'

/** Why the tests of this file are not run; nothing where they are. */
const notRun = existsSync('/usr/bin/qemu-system-riscv64')
  ? ''
  : ': not run, /usr/bin/qemu-system-riscv64 is not installed (qemu-system-misc)'

const emulator = '/usr/bin/qemu-system-riscv64'
const there = "<address type='virtio-mmio'/>"
const none = "<memballoon model='none'/>"

/** Devices of each kind that a document may put on the board's own transport, in groups that it has room for. */
const groups: readonly (readonly [devices: readonly string[], drivers: readonly string[]])[] = [
  [
    [
      `<disk type='file'><source file='/images/mmio-1M.raw'/><target dev='vda' bus='virtio'/>${there}</disk>`,
      `<interface type='user'><mac address='52:54:00:c0:ff:ee'/><model type='virtio'/>${there}</interface>`,
      `<controller type='scsi' index='0' model='virtio-scsi'>${there}</controller>`,
      `<controller type='virtio-serial' index='0'>${there}</controller>`,
      `<input type='keyboard' bus='virtio'>${there}</input>`,
      `<memballoon model='virtio'>${there}</memballoon>`,
    ],
    [
      'virtio-balloon-device',
      'virtio-blk-device',
      'virtio-keyboard-device',
      'virtio-net-device',
      'virtio-scsi-device',
      'virtio-serial-device',
    ],
  ],
  [
    [
      `<video><model type='virtio'/>${there}</video>`,
      `<rng model='virtio'><backend model='random'>/dev/urandom</backend>${there}</rng>`,
      `<crypto model='virtio' type='qemu'><backend model='builtin' queues='1'/>${there}</crypto>`,
      `<filesystem type='mount'><source dir='/tmp'/><target dir='tmp'/>${there}</filesystem>`,
      none,
    ],
    ['virtio-9p-device', 'virtio-crypto-device', 'virtio-gpu-device', 'virtio-rng-device'],
  ],
]

describe('the board’s own virtio transport', () => {
  it.each(groups)(
    `takes virtio devices, and none of them takes a PCI slot${notRun}`,
    async (devices, wanted) => {
      if (notRun !== '') return
      const [target] = targetsOf(riscv64, riscv64.guests[0], recorded(), emulator)
      if (target === undefined) throw new Error('no virt in the recording')
      await using qemu = await startQemu(domainXml({ devices: devices.join('') }), target)
      const { planned, qmp } = qemu
      expect(planned.stored.devices.controller?.filter(({ type }) => type === 'pci')).toHaveLength(
        1,
      )
      const drivers = planned.argv.flatMap(
        (word) => /"driver":"(virtio[\w-]+)"/.exec(word)?.[1] ?? [],
      )
      expect(drivers.toSorted()).toEqual(wanted)
      const peripherals = await qmp.execute('qom-list', { path: '/machine/peripheral' })
      const types = peripherals.map(({ type }) => type)
      for (const driver of drivers) expect(types).toContain(`child<${driver}>`)
    },
    120_000,
  )
})
