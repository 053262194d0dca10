import { expect, it } from 'vitest'
import { renderColumns } from './columns.ts'
import { describeGuest } from './describe-guest.ts'
import { recordedReport } from './fixtures.ts'

it('shows two architectures side by side, in the same order', () => {
  const power = describeGuest(recordedReport('ppc64le'), 'x\n FW Version = release 20220719\r\n')
  const x86 = describeGuest(recordedReport('x86_64'))
  expect([...power.keys()]).toEqual([...x86.keys()])
  const rows = [...power].map(([label, lines]) => ({ label, cells: [lines, x86.get(label) ?? []] }))
  const shown = renderColumns(['ppc64le', 'x86_64'], rows, { width: 120 })
  expect(`\n${shown.join('\n')}\n`).toMatchInlineSnapshot(`
    "
                  ppc64le                                               x86_64
    kernel        Linux 6.1.0-50-powerpc64le (ppc64le)                  Linux 6.1.0-56-amd64 (x86_64)
    machine       IBM pSeries (emulated by qemu)                        Standard PC (Q35 + ICH9, 2009)
    firmware      SLOF release 20220719                                 SeaBIOS 1.16.2-debian-1.16.2-1
                  device tree: qemu,pseries                             ACPI: APIC DSDT FACP FACS HPET MCFG WAET
    CPU model     POWER9 (architected), altivec supported               QEMU Virtual CPU version 2.5+
    CPU identity  PVR 0x004e1200                                        CPUID AuthenticAMD family 15 model 107 stepping 1
    vCPUs         2: 1 socket of 2 cores of 1 thread                    2: 1 socket of 2 cores of 1 thread
    memory        455 MiB usable of 512 MiB                             457 MiB usable of 511 MiB
    disks         vda 1 GiB serial POLYVIRT0001 (virtio_blk at          vda 1 GiB serial POLYVIRT0001 (virtio_blk at
                  0000:00:03.0)                                         0000:03:00.0)
    NICs          eth0 52:54:00:70:6f:6c (virtio_net at 0000:00:01.0)   eth0 52:54:00:70:6f:6c (virtio_net at 0000:01:00.0)
    PCI devices   0000:00:00.0 1b36:000d USB controller                 0000:00:00.0 8086:29c0 host bridge
                  0000:00:01.0 1af4:1000 virtio network                 0000:00:01.0 1b36:000c PCI bridge
                  0000:00:03.0 1af4:1001 virtio block                   0000:00:01.1 1b36:000c PCI bridge
                  0000:00:04.0 1af4:1002 virtio balloon                 0000:00:01.2 1b36:000c PCI bridge
                  0000:00:05.0 1af4:1005 virtio entropy                 0000:00:01.3 1b36:000c PCI bridge
                                                                        0000:00:01.4 1b36:000c PCI bridge
                                                                        0000:00:01.5 1b36:000c PCI bridge
                                                                        0000:00:1f.0 8086:2918 ISA bridge
                                                                        0000:00:1f.2 8086:2922 SATA controller
                                                                        0000:00:1f.3 8086:2930 SMBus
                                                                        0000:01:00.0 1af4:1041 virtio network
                                                                        0000:02:00.0 1b36:000d USB controller
                                                                        0000:03:00.0 1af4:1042 virtio block
                                                                        0000:04:00.0 1af4:1045 virtio balloon
                                                                        0000:05:00.0 1af4:1044 virtio entropy
    VIO devices   71000000 vty (hvterm1)                                none
                  71000001 nvram (qemu,spapr-nvram)
    entropy       virtio_rng.0                                          virtio_rng.0
    console       hvc0                                                  ttyS0
    "
  `)
})

it('names a disk smaller than a gigabyte, and one without serial or driver', () => {
  const report = recordedReport('ppc64le')
  const [disk] = report.block
  if (disk === undefined) throw new Error('the recording has a disk')
  const { serial: _, driver: __, pci: ___, ...bare } = { ...disk, bytes: 64 * 2 ** 20 }
  expect(describeGuest({ ...report, block: [bare] }).get('disks')).toEqual(['vda 64 MiB'])
})

it('has a number for a device it has no name for', () => {
  const report = recordedReport('ppc64le')
  const [device] = report.pci
  if (device === undefined) throw new Error('the recording has a PCI device')
  const unknown = { ...device, slot: '0000:00:09.0', class: 0x12_34_00 }
  const virtio = { name: 'virtio9', device: 99, features: [], path: '', pci: '0000:00:0a.0' }
  const strange = { ...unknown, slot: '0000:00:0a.0' }
  const described = describeGuest({ ...report, pci: [unknown, strange], virtio: [virtio] })
  expect(described.get('PCI devices')).toEqual([
    '0000:00:09.0 1b36:000d class 1234',
    '0000:00:0a.0 1b36:000d virtio device 99',
  ])
})
