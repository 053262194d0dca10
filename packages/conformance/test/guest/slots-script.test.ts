import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { slotsScript } from '../../src/guest/slots-script.ts'

/** What QEMU's root port has: its PCI Express capability behind the one of its vendor. */
const capability = 0x54
const control = capability + 0x18
const status = capability + 0x1a

/** As QEMU 7.2 has them: an empty slot without power, and one with a device that works. */
const off = 0x07c0
const on = 0x01c0
const pressed = 0x01
const changed = 0x08
const done = 0x10
const full = 0x40

/**
 * Configuration space in a file, where what is written stays: of status, the bits that are taken back. Those
 * must have been set, or QEMU (hw/pci/pcie.c) leaves all as they were.
 */
function rootPort(slot: { readonly control: number; readonly status: number }): Buffer {
  const config = Buffer.alloc(256)
  config[0x34] = 0x40
  config.set([0x0d, capability], 0x40)
  // The fourth type, a root port, with a slot.
  config.set([0x10, 0, 0x42, 0x01], capability)
  config.set([0x7b, 0, 0x02, 0], capability + 0x14)
  config.writeUInt16LE(slot.control, control)
  config.writeUInt16LE(slot.status, status)
  return config
}

describe('slots that the kernel has no driver for', () => {
  let sys = ''
  beforeEach(() => {
    sys = mkdtempSync(join(tmpdir(), 'polyvirt-slots-'))
    mkdirSync(join(sys, 'bus/pci_express/drivers'), { recursive: true })
  })
  afterEach(() => rmSync(sys, { recursive: true }))

  const folder = (name: string): string => join(sys, 'bus/pci/devices', name)
  const add = (name: string, kind: string, config: Buffer): void => {
    mkdirSync(join(folder(name), 'pci_bus/0000:02'), { recursive: true })
    writeFileSync(join(folder(name), 'class'), `${kind}\n`)
    writeFileSync(join(folder(name), 'config'), config)
    writeFileSync(join(folder(name), 'pci_bus/0000:02/rescan'), '')
  }
  const text = (name: string): string => readFileSync(join(folder(name), 'rescan'), 'utf8')
  const slot = (name: string): readonly [number, number] => {
    const config = readFileSync(join(folder(name), 'config'))
    expect(config).toHaveLength(256)
    return [config.readUInt16LE(control), config.readUInt16LE(status)]
  }
  /** One look, where the script would go on for ever. */
  const look = (): string =>
    execFileSync('sh', ['-c', `${slotsScript}\nsleep() { exit 0; }\nwatch_slots; echo passed on`], {
      env: { PATH: process.env['PATH'] ?? '/bin', SYS: sys },
      encoding: 'utf8',
    })

  it('one that was filled is turned on, and what is in it looked for', () => {
    add('0000:00:01.0', '0x060400', rootPort({ control: off, status: 0 }))
    add('0000:00:01.1', '0x060400', rootPort({ control: off, status: full | pressed | changed }))
    look()
    expect(slot('0000:00:01.1')).toEqual([on, pressed | changed])
    expect(text('0000:00:01.1/pci_bus/0000:02')).toBe('1\n')
    expect(slot('0000:00:01.0')).toEqual([off, 0])
    expect(text('0000:00:01.0/pci_bus/0000:02')).toBe('')
  })

  it('one that is asked for what is in it is emptied and turned off', () => {
    const port = '0000:00:01.0'
    add(port, '0x060400', rootPort({ control: on, status: full | pressed }))
    for (const child of ['0000:02:00.0', '0000:00:01.0:pcie001'])
      mkdirSync(join(folder(port), child))
    writeFileSync(join(folder(port), '0000:02:00.0/remove'), '')
    look()
    expect(slot(port)).toEqual([off, pressed])
    expect(readFileSync(join(folder(port), '0000:02:00.0/remove'), 'utf8')).toBe('1\n')
    expect(text(`${port}/pci_bus/0000:02`)).toBe('')
  })

  it.each([
    ['was full when the guest started', on, full | changed, on, changed],
    ['was emptied', off, changed | done, off, changed | done],
    ['nobody asks anything of', on, full, on, full],
  ])('one that %s stays as it is', (_, first, told, control, left) => {
    add('0000:00:01.0', '0x060400', rootPort({ control: first, status: told }))
    look()
    expect(slot('0000:00:01.0')).toEqual([control, left])
    expect(text('0000:00:01.0/pci_bus/0000:02')).toBe('')
  })

  it('what is no port, or a port without a slot, is left alone', () => {
    const asking = rootPort({ control: off, status: full | pressed })
    add('0000:00:01.0', '0x020000', asking)
    const fixed = Buffer.from(asking)
    fixed[capability + 3] = 0
    add('0000:00:02.0', '0x060400', fixed)
    // Capabilities that lead to each other have no end.
    const round = Buffer.from(asking)
    round.set([0x0d, 0x40], 0x40)
    add('0000:00:03.0', '0x060400', round)
    look()
    for (const name of ['0000:00:01.0', '0000:00:02.0', '0000:00:03.0'])
      expect(slot(name)).toEqual([off, full | pressed])
  })

  it('with the kernel’s own driver, or without ports, nothing is watched', () => {
    expect(look()).toBe('passed on\n')
    add('0000:00:01.0', '0x060400', rootPort({ control: off, status: full | pressed }))
    mkdirSync(join(sys, 'bus/pci_express/drivers/pciehp'))
    expect(look()).toBe('passed on\n')
    expect(slot('0000:00:01.0')).toEqual([off, full | pressed])
  })
})
