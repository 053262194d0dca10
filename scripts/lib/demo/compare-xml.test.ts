import { expect, it } from 'vitest'
import { compareDomainXml } from './compare-xml.ts'
import { libvirtsXml } from './fixtures.ts'

const domain = (content: string): string => `<domain type='qemu'>${content}</domain>`

it('tells what one guest became on two architectures', () => {
  const differences = compareDomainXml(libvirtsXml('ppc64le'), libvirtsXml('x86_64'))
  const lines = differences.map(
    ({ path, left, right }) => `${path}: ${left ?? '-'} | ${right ?? '-'}`,
  )
  expect(lines).toMatchInlineSnapshot(`
    [
      "os / type: arch='ppc64le' machine='pseries-7.2' | arch='x86_64' machine='pc-q35-7.2'",
      "cpu / model: POWER9 | qemu64",
      "emulator: /usr/bin/qemu-system-ppc64le | /usr/bin/qemu-system-x86_64",
      "disk vda / address: pci 0000:00:03.0 | pci 0000:03:00.0",
      "controller usb 0 / address: pci 0000:00:02.0 | pci 0000:02:00.0",
      "controller pci 0: model='pci-root' | model='pcie-root'",
      "controller pci 0 / model: name='spapr-pci-host-bridge' | -",
      "controller pci 0 / target: index='0' | -",
      "interface / address: pci 0000:00:01.0 | pci 0000:01:00.0",
      "serial / target: type='spapr-vio-serial' | type='isa-serial'",
      "serial / target / model: name='spapr-vty' | name='isa-serial'",
      "serial / address: spapr-vio 0x30000000 | -",
      "console / address: spapr-vio 0x30000000 | -",
      "memballoon / address: pci 0000:00:04.0 | pci 0000:04:00.0",
      "rng / address: pci 0000:00:05.0 | pci 0000:05:00.0",
      "panic: model='pseries' | -",
      "controller sata 0: - | at pci 0000:00:1f.2",
      "controller pci 1 to 6: - | 6 × pcie-root-port",
      "input mouse: - | bus='ps2'",
      "input keyboard: - | bus='ps2'",
    ]
  `)
})

it('finds nothing between a document and itself', () => {
  expect(compareDomainXml(libvirtsXml('x86_64'), libvirtsXml('x86_64'))).toEqual([])
})

it('pairs disks by their target, wherever they stand', () => {
  const vda = `<disk type='file'><target dev='vda' bus='virtio'/></disk>`
  const vdb = `<disk type='file'><target dev='vdb' bus='virtio'/></disk>`
  const left = domain(`<devices>${vda}${vdb}</devices>`)
  const right = domain(`<devices>${vdb}${vda.replace('virtio', 'scsi')}</devices>`)
  expect(compareDomainXml(left, right)).toEqual([
    { path: 'disk vda / target', left: "bus='virtio'", right: "bus='scsi'" },
  ])
})

it('shows a device that one side lacks with all that is in it', () => {
  const panic = `<panic model='isa'><address type='isa' iobase='0x505'/></panic>`
  expect(compareDomainXml(domain('<devices/>'), domain(`<devices>${panic}</devices>`))).toEqual([
    { path: 'panic', left: undefined, right: "model='isa', at isa 0x505" },
  ])
})

it('numbers devices that nothing else tells apart', () => {
  const left = domain('<devices><rng model="virtio"/><rng model="virtio"/></devices>')
  const right = domain('<devices><rng model="virtio"/></devices>')
  expect(compareDomainXml(left, right)).toEqual([
    { path: 'rng #2', left: "model='virtio'", right: undefined },
  ])
})

it('leaves out what it is told to', () => {
  const left = domain('<name>a</name><memory>1</memory>')
  const right = domain('<name>b</name><memory>2</memory>')
  expect(compareDomainXml(left, right, { ignore: ['name'] })).toEqual([
    { path: 'memory', left: '1', right: '2' },
  ])
})

it('refuses what is no domain', () => {
  expect(() => compareDomainXml('<network/>', '<domain/>')).toThrow('not a domain document')
})
