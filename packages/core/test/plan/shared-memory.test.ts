import { describe, expect, it } from 'vitest'
import { defineArch } from '../../src/arch/index.ts'
import { DomainError } from '../../src/errors.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'
import { testArch, testCapabilities } from '../support/test-arch.ts'

const platform = {
  arch: defineArch({
    ...testArch,
    devices: {
      ...testArch.devices,
      filesystem: { models: { virtiofs: { driver: 'vhost-user-fs-pci', bus: 'pci' } } },
      shmem: { models: { 'ivshmem-doorbell': { driver: 'ivshmem-doorbell', bus: 'pci' } } },
    },
  }),
  capabilities: {
    ...testCapabilities,
    devices: [
      ...testCapabilities.devices,
      'vhost-user-fs-pci',
      'vhost-user-blk-pci',
      'ivshmem-doorbell',
    ],
  },
}

/** Path and message of each problem; none where it is planned. */
function problemsOf(devices: string, more = ''): readonly string[] {
  try {
    planToy(toyXml({ devices, more }), false, platform)
    return []
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return error.problems.map(({ path = '', message }) => `${path}: ${message}`)
  }
}

const folder =
  "<filesystem type='mount'><driver type='virtiofs'/><source socket='/s'/><target dir='t'/></filesystem>"
const disk =
  "<disk type='vhostuser'><driver name='qemu' type='raw'/><source type='unix' path='/s'/><target dev='vda' bus='virtio'/></disk>"
const shared = "<memoryBacking><access mode='shared'/></memoryBacking>"
const numa = (first: string): string =>
  `<cpu><numa><cell id='0' cpus='0' memory='1024' unit='MiB' ${first}/></numa></cpu>`

describe('a device that another process serves out of the guest’s memory', () => {
  it.each([
    ['a folder', folder, 'devices/filesystem[1]/driver/@type', 'virtiofs'],
    ['a disk', disk, 'devices/disk[1]/@type', 'vhostuser'],
  ])('%s, is refused where the memory is not shared', (_what, devices, path, server) => {
    const start = `${path}: '${server}' requires shared memory`
    for (const more of ['', numa(''), shared + numa("memAccess='private'")])
      expect(problemsOf(devices, more).filter((one) => one.startsWith(start))).toHaveLength(1)
    for (const more of [shared, shared + numa(''), numa("memAccess='shared'")])
      expect(problemsOf(devices, more).filter((one) => one.startsWith(start))).toEqual([])
  })
})

describe('memory between guests with interrupts', () => {
  const shmem = (inner: string): string =>
    `<shmem name='s'><model type='ivshmem-doorbell'/>${inner}</shmem>`

  it('is refused without the server that hands it out', () => {
    expect(problemsOf(shmem(''))).toEqual([
      "devices/shmem[1]/model/@type: model 'ivshmem-doorbell' needs a <server>, which hands the memory out",
    ])
  })

  it.each([
    ['', true],
    ["<msi vectors='4' ioeventfd='on'/>", true],
    ["<msi ioeventfd='off'/>", false],
  ])('has ioeventfd as QEMU reads it, a truth value: %s', (msi, ioeventfd) => {
    const devices = shmem(`<server path='/s'/>${msi}`)
    const argv = planToy(toyXml({ devices }), false, platform).argv()
    const option = argv.find((one) => one.startsWith('{"driver":"ivshmem-doorbell"')) ?? '{}'
    expect(JSON.parse(option)).toMatchObject({ ioeventfd })
  })
})
