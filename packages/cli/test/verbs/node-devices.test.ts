import { describe, expect, it } from 'vitest'
import type { NodeDevice } from '../../src/core.ts'
import { MemoryHypervisor } from '../memory-hypervisor.ts'
import { run } from '../run-in-memory.ts'

const card: NodeDevice = {
  ...{ name: 'pci_0000_01_00_0', parent: 'pci_0000_00_02_0', path: '/sys/devices/x' },
  ...{ capabilities: ['pci'], driver: 'e1000e', iommuGroup: 7 },
}

function host(): MemoryHypervisor {
  const hypervisor = new MemoryHypervisor()
  hypervisor.nodeDevices = [
    { name: 'computer', capabilities: ['system'] },
    { name: 'net_eth0', parent: card.name, capabilities: ['net'] },
    { name: 'pci_0000_00_02_0', parent: 'computer', capabilities: ['pci'] },
    card,
  ]
  return hypervisor
}

describe('nodedev-list', () => {
  it.each([
    [['nodedev-list'], 'computer\nnet_eth0\npci_0000_00_02_0\npci_0000_01_00_0\n\n'],
    [['nodedev-list', '--all', '--cap', 'net,system'], 'computer\nnet_eth0\n\n'],
    [['nodedev-list', '--inactive'], '\n'],
    [
      ['nodedev-list', '--tree'],
      `computer
  |
  +- pci_0000_00_02_0
      |
      +- pci_0000_01_00_0
          |
          +- net_eth0
            ${''}

`,
    ],
  ])('%j', async (words, stdout) => {
    expect(await run(words, { hypervisor: host() })).toEqual({ code: 0, stdout, stderr: '' })
  })
})

describe('a device of the host', () => {
  it('is told of as virsh does', async () => {
    const { stdout } = await run(['nodedev-info', card.name], { hypervisor: host() })
    expect(stdout).toBe(`Name:           pci_0000_01_00_0
Parent:         pci_0000_00_02_0
Active:         yes
Persistent:     no
Autostart:      no

`)
    const { stdout: machine } = await run(['nodedev-info', 'computer'], { hypervisor: host() })
    expect(machine).toContain('Parent:         \nActive:         yes\nPersistent:     yes\n')
  })

  it.each([
    [['nodedev-detach', card.name], ['nodeDeviceDetach', card.name, {}], 'detached'],
    [
      ['nodedev-detach', card.name, '--driver', 'vfio'],
      ['nodeDeviceDetach', card.name, { driver: 'vfio' }],
      'detached',
    ],
    [['nodedev-reattach', card.name], ['nodeDeviceReAttach', card.name], 're-attached'],
    [['nodedev-reset', card.name], ['nodeDeviceReset', card.name], 'reset'],
  ])('%j does what it says', async (words, call, done) => {
    const hypervisor = host()
    const { stdout } = await run(words, { hypervisor })
    expect(stdout).toBe(`Device ${card.name} ${done}\n\n`)
    expect(hypervisor.calls).toEqual([call])
  })
})
