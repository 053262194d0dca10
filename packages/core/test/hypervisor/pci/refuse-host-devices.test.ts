import { expect, test } from 'vitest'
import { refuseHostDevices } from '../../../src/hypervisor/pci/refuse-host-devices.ts'
import { parseDomain } from '../../../src/xml/parse-domain.ts'

const judged = (devices: string) => (): void =>
  refuseHostDevices(
    parseDomain(
      `<domain type='qemu'><name>a</name><os><type>hvm</type></os><devices>${devices}</devices></domain>`,
    ).domain,
    'migration',
  )

test('a card of the host is left behind by no guest unasked; a disk that QEMU drives is', () => {
  const address = `bus='1' slot='0' function='0'`
  const card = `<interface type='hostdev'><source><address type='pci' ${address}/></source></interface>`
  expect(judged(card)).toThrow(
    /devices\/interface\[1\]: migration with a PCI device of the host is not supported/,
  )
  const disk = `<disk type='nvme'><source type='pci' namespace='1'><address ${address}/></source><target dev='vda'/></disk>`
  expect(judged(disk)).not.toThrow()
})
