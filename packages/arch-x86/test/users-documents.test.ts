import type { DomainParts } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { argvOf } from './board-outcome.ts'

/** Rows of what is in guides and tools, and was asked of libvirt 9.0 with QEMU 7.2; they are of `q35`. */
type Row = readonly [what: string, parts: DomainParts, expected: string | RegExp]

const pci = (index: number, model: string, address = ''): string =>
  `<controller type='pci' index='${index}' model='${model}'>${address}</controller>`
const at = (bus: number, slot: number): string =>
  `<address type='pci' bus='${bus}' slot='${slot}'/>`

describe('bridges of definitions from before there were root ports', () => {
  it.each<Row>([
    [
      'a bridge stands in slot 0 of the bridge from DMI',
      { devices: pci(1, 'dmi-to-pci-bridge') + pci(2, 'pci-bridge') },
      '"chassis_nr":2,"id":"pci.2","bus":"pci.1","addr":"0x0"',
    ],
    [
      'also where it is told to',
      { devices: pci(1, 'dmi-to-pci-bridge') + pci(2, 'pci-bridge', at(1, 0)) },
      '"id":"pci.2","bus":"pci.1","addr":"0x0"',
    ],
    [
      'bridges stand behind the bridge from Express',
      {
        devices:
          pci(1, 'pcie-root-port') + pci(2, 'pcie-to-pci-bridge') + pci(3, 'pci-bridge', at(2, 1)),
      },
      '"id":"pci.3","bus":"pci.2","addr":"0x1"',
    ],
    [
      'without an address as well',
      { devices: pci(1, 'pcie-root-port') + pci(2, 'pcie-to-pci-bridge') + pci(3, 'pci-bridge') },
      '"id":"pci.3","bus":"pci.2","addr":"0x1"',
    ],
    [
      'a bridge stands on the Express root where it is told to',
      { devices: pci(1, 'pci-bridge', at(0, 8)) },
      '"id":"pci.1","bus":"pcie.0","addr":"0x8"',
    ],
    [
      'conventional devices go behind the bridge from DMI where one is there',
      { devices: `${pci(1, 'dmi-to-pci-bridge')}<sound model='es1370'/>` },
      /"driver":"pci-bridge".*"id":"pci.2","bus":"pci.1","addr":"0x0".*"driver":"ES1370","id":"sound0".*"bus":"pci.2","addr":"0x1"/,
    ],
  ])('%s', (_, parts, expected) => {
    const argv = argvOf(parts, 'q35')
    if (typeof expected === 'string') expect(argv).toContain(expected)
    else expect(argv).toMatch(expected)
  })
})
