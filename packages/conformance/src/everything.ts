import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { claims } from './claims.ts'
import type { GuestReport } from './guest/guest-report.ts'
import { domainXml, image, type Capability, type Scenario } from './scenario.ts'
import type { Target } from './target.ts'

/** One thing a guest may be given, and how it shows inside. */
interface Part {
  readonly uses: readonly Capability[]
  readonly devices: string
  readonly check: (report: GuestReport) => void
}

const mebibyte = 1024 * 1024

const disk = (bus: string, target: string, mebibytes: number, device = 'disk'): string =>
  `<disk type='file' device='${device}'><source file='${image(`${bus}-${device}`, mebibytes)}'/>` +
  `<target dev='${target}' bus='${bus}'/><serial>${bus}-${device}</serial></disk>`

const hasDisk =
  (bus: string, mebibytes: number, device = 'disk') =>
  (report: GuestReport): void => {
    const found = report.block.filter(({ serial }) => serial === `${bus}-${device}`)
    deepStrictEqual(
      found.map(({ bytes }) => bytes),
      [mebibytes * mebibyte],
      `${bus} ${device}`,
    )
  }

const mac = '52:54:00:c0:ff:ee'

const parts: readonly Part[] = [
  {
    uses: ['device:disk/virtio'],
    devices: disk('virtio', 'vda', 3),
    check: hasDisk('virtio', 3),
  },
  {
    uses: ['device:disk/scsi', 'device:controller:scsi/virtio-scsi'],
    devices: "<controller type='scsi' index='0' model='virtio-scsi'/>" + disk('scsi', 'sda', 4),
    check: hasDisk('scsi', 4),
  },
  {
    uses: ['device:disk/sata', 'device:controller:sata'],
    devices: disk('sata', 'sdb', 2, 'cdrom'),
    check: (report) => ok(report.block.some(({ removable, readOnly }) => removable && readOnly)),
  },
  {
    uses: ['device:interface/virtio'],
    devices: `<interface type='user'><mac address='${mac}'/><model type='virtio'/></interface>`,
    check: (report) =>
      ok(
        report.net.some((one) => one.mac === mac && one.driver === 'virtio_net'),
        'virtio card',
      ),
  },
  {
    uses: ['device:rng/virtio'],
    devices: "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
    check: (report) => ok(report.rng.available.includes('virtio_rng.0'), 'entropy'),
  },
  {
    uses: ['device:channel/virtio'],
    devices: "<channel type='null'><target type='virtio' name='org.polyvirt.test'/></channel>",
    check: (report) => strictEqual(report.virtioPorts[0]?.name, 'org.polyvirt.test'),
  },
  {
    uses: ['device:input/usb:tablet', 'device:controller:usb'],
    devices: "<input type='tablet' bus='usb'/>",
    check: (report) =>
      ok(
        report.usb.some(({ productName }) => productName === 'QEMU USB Tablet'),
        'tablet',
      ),
  },
  {
    uses: ['device:memballoon/virtio'],
    devices: "<memballoon model='virtio'/>",
    check: (report) =>
      ok(
        report.virtio.some(({ device }) => device === 5),
        'balloon',
      ),
  },
]

const uuid = '5a3c1d0e-6f70-4a52-8d4e-1f8f5a2b9c44'

/**
 * One guest with a bit of everything that its architecture offers: the one boot that every run of
 * the suite can afford.
 */
export function everything(target: Target, cpu?: string): Scenario {
  const offered = parts.filter(({ uses }) => uses.every((one) => claims(target, one)))
  return {
    id: cpu === undefined ? 'guest/everything' : `guest/cpu-${cpu}`,
    title: `a guest with a bit of everything finds all of it${cpu === undefined ? '' : ` on ${cpu}`}`,
    uses: offered.flatMap(({ uses }) => uses),
    domain: domainXml({
      head: `  <uuid>${uuid}</uuid>\n`,
      memory: "<memory unit='MiB'>768</memory>",
      ...(cpu === undefined
        ? {}
        : { cpu: `  <cpu mode='custom' match='exact'><model>${cpu}</model></cpu>\n` }),
      devices: offered.map(({ devices }) => devices).join(''),
    }),
    golden: cpu === undefined,
    expect: {
      guest(report, planned) {
        for (const { check } of offered) check(report)
        const { dmi, deviceTree } = report.firmware
        const seen = dmi?.['product_uuid'] ?? deviceTree?.root['vm,uuid']
        if (seen !== undefined) strictEqual(seen.toLowerCase(), uuid)
        checkPvr(report, planned.stored.cpu?.model, target)
      },
    },
  }
}

/** Where processors are known by a version register, the guest has the one of its model. */
function checkPvr(report: GuestReport, model: string | undefined, target: Target): void {
  const pvrs = target.arch.cpu.models.find(({ name }) => name === model)?.pvrs ?? []
  const { pvr } = report.cpu
  if (pvrs.length === 0 || pvr === undefined) return
  const matches = pvrs.some(({ value, mask }) => (pvr & mask) >>> 0 === (value & mask) >>> 0)
  ok(matches, `the guest’s PVR 0x${pvr.toString(16)} is not that of ${model}`)
}
