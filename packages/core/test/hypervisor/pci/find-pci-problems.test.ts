import { describe, expect, test } from 'vitest'
import { findPciProblems } from '../../../src/hypervisor/pci/find-pci-problems.ts'
import { parseDomain } from '../../../src/xml/parse-domain.ts'
import { fakeKernel } from '../../support/fake-kernel.ts'
import type { FakePci } from '../../support/fake-kernel.ts'

const device = (slot: string, managed: string, fn = 0): string =>
  `<hostdev mode='subsystem' type='pci' managed='${managed}'><source><address domain='0' bus='1' slot='${slot}' function='${fn}'/></source></hostdev>`

function problems(devices: readonly FakePci[], ...xml: readonly string[]): readonly string[] {
  const { domain } = parseDomain(
    `<domain type='qemu'><name>a</name><os><type>hvm</type></os><devices>${xml.join('')}</devices></domain>`,
  )
  return findPciProblems(domain, fakeKernel(devices)).map(
    ({ path, message }) => `${path}: ${message}`,
  )
}

const card: FakePci = { address: '0000:01:00.0', driver: 'e1000e', group: 7 }
const sibling: FakePci = { address: '0000:01:00.1', driver: 'snd_hda_intel', group: 7 }
const port: FakePci = { address: '0000:00:02.0', driver: 'pcieport', group: 7, isBridge: true }

describe('a device that another driver has', () => {
  test('is refused where nobody is to take it, with both ways out', () => {
    const [first = '', ...rest] = problems([card], device('0', 'no'))
    expect(rest).toEqual([])
    expect(first).toContain(
      `devices/hostdev[1]/source/address: 0000:01:00.0 belongs to the driver 'e1000e'`,
    )
    expect(first).toContain('polyvirt nodedev-detach pci_0000_01_00_0')
    expect(first).toContain("managed='yes'")
  })

  test('is fine where the start is to take it', () => {
    expect(problems([card], device('0', 'yes'))).toEqual([])
  })

  test('is fine with vfio-pci, and with a variant of it', () => {
    for (const boundTo of ['vfio-pci', 'mlx5_vfio_pci', 'hisi-acc-vfio-pci'])
      expect(problems([{ ...card, driver: boundTo }], device('0', 'no'))).toEqual([])
  })

  test('is refused with no driver', () => {
    expect(problems([{ ...card, boundTo: null }], device('0', 'no'))[0]).toContain('has no driver')
  })
})

describe('what no guest can have is refused', () => {
  test.each([
    [
      'a device that is not there',
      [card],
      device('0x1f', 'yes'),
      'the host has no PCI device 0000:01:1f.0',
    ],
    ['a bridge', [{ ...card, isBridge: true }], device('0', 'yes'), 'is a bridge'],
    [
      'one behind no IOMMU',
      [{ address: card.address, driver: 'e1000e' }],
      device('0', 'yes'),
      'behind no IOMMU',
    ],
  ])('%s', (_, devices, xml, text) => {
    expect(problems(devices, xml).join('\n')).toContain(text)
  })
})

describe('a group goes to a guest as a whole', () => {
  test('another function with a driver of the host is named, with the way out', () => {
    const [first = ''] = problems([card, sibling, port], device('0', 'yes'))
    expect(first).toContain('shares its IOMMU group 7 with 0000:01:00.1 (snd_hda_intel), which')
    expect(first).toContain('polyvirt nodedev-detach pci_0000_01_00_1')
  })

  test('one that this guest has as well is fine', () => {
    expect(problems([card, sibling], device('0', 'yes'), device('0', 'yes', 1))).toEqual([])
  })

  test('one that no driver works with is fine', () => {
    for (const boundTo of ['pci-stub', 'vfio-pci', null])
      expect(problems([card, { ...sibling, boundTo }], device('0', 'yes'))).toEqual([])
  })
})

test('cards and NVMe controllers are devices of the host as others are', () => {
  const nic = `<interface type='hostdev' managed='no'><source><address type='pci' domain='0' bus='1' slot='0' function='0'/></source></interface>`
  const disk = `<disk type='nvme' device='disk'><source type='pci' managed='no' namespace='1'><address domain='0' bus='1' slot='0' function='0'/></source><target dev='vda'/></disk>`
  for (const [xml, path] of [
    [nic, 'devices/interface[1]/source/address'],
    [disk, 'devices/disk[1]/source/address'],
  ] as const) {
    expect(problems([card], xml)[0]).toContain(`${path}: 0000:01:00.0 belongs to`)
    expect(problems([card], xml.replace("managed='no'", "managed='yes'"))).toEqual([])
  }
})
