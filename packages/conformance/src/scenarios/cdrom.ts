import { ok, strictEqual } from 'node:assert'
import { dirname, join } from 'node:path'
import { truncateSync, writeFileSync } from 'node:fs'
import { optionsNamed } from '../plan-scenario.ts'
import { domainXml, image, type Scenario } from '../scenario.ts'

const mebibyte = 1024 * 1024
const cdrom = (bus: string, target: string, mebibytes = 2): string =>
  `<disk type='file' device='cdrom'><source file='${image('cd', mebibytes)}'/>` +
  `<target dev='${target}' bus='${bus}'/></disk>`

const buses = [
  { bus: 'scsi', target: 'sda', uses: ['device:disk/scsi', 'device:controller:scsi'] },
  { bus: 'sata', target: 'sda', uses: ['device:disk/sata', 'device:controller:sata'] },
  { bus: 'ide', target: 'hda', uses: ['device:disk/ide', 'device:controller:ide'] },
  { bus: 'usb', target: 'sda', uses: ['device:disk/usb', 'device:controller:usb'] },
] as const

export const cdromScenarios: readonly Scenario[] = [
  ...buses.map(({ bus, target, uses }): Scenario => ({
    id: `cdrom/on-${bus}`,
    title: `a CD-ROM on ${bus} is read-only, removable, and of the size of its image`,
    uses,
    domain: domainXml({ devices: cdrom(bus, target) }),
    expect: {
      plan: ({ stored }) => strictEqual(stored.devices.disk?.[0]?.readonly, true),
      guest(report) {
        const [found] = report.block.filter(({ removable }) => removable)
        strictEqual(found?.bytes, 2 * mebibyte)
      },
    },
  })),
  {
    id: 'cdrom/on-virtio',
    title: 'there is no CD-ROM on virtio, and it is refused',
    uses: ['device:disk/virtio'],
    domain: domainXml({ devices: cdrom('virtio', 'vda') }),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'devices/disk' },
  },
  {
    id: 'cdrom/media-change',
    title: 'another medium in the drive is another medium in the guest',
    uses: ['device:disk/scsi', 'device:controller:scsi/virtio-scsi'],
    domain: domainXml({
      devices: "<controller type='scsi' index='0' model='virtio-scsi'/>" + cdrom('scsi', 'sda'),
    }),
    expect: {
      async inside({ planned, qmp, shell, until }) {
        strictEqual(await shell('blockdev --getsize64 /dev/sr0'), String(2 * mebibyte))
        const first = planned.stored.devices.disk?.[0]?.source?.file ?? ''
        const other = join(dirname(first), 'other.raw')
        writeFileSync(other, '')
        truncateSync(other, 5 * mebibyte)
        const drive = optionsNamed(planned, '-device').find(
          ({ properties }) => properties['drive'] !== undefined,
        )
        await qmp.executeUnchecked('blockdev-change-medium', {
          id: drive?.properties['id'],
          filename: other,
          format: 'raw',
          force: true,
        })
        await until('the guest to see the other medium', async () => {
          const bytes = await shell('blockdev --getsize64 /dev/sr0 || true')
          return bytes.includes(String(5 * mebibyte)) || undefined
        })
      },
    },
  },
  {
    id: 'cdrom/two',
    title: 'two drives are two drives, one of them empty',
    uses: ['device:disk/scsi', 'device:controller:scsi/virtio-scsi'],
    domain: domainXml({
      devices:
        "<controller type='scsi' index='0' model='virtio-scsi'/>" +
        cdrom('scsi', 'sda') +
        "<disk type='file' device='cdrom'><target dev='sdb' bus='scsi'/></disk>",
    }),
    expect: {
      guest(report) {
        const drives = report.scsi.filter(({ type }) => type === 5)
        strictEqual(drives.length, 2)
        ok(report.block.some(({ bytes }) => bytes === 2 * mebibyte))
      },
    },
  },
]
