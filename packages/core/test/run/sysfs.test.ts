import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { realSysfs, sysfsUnder } from '../../src/run/sysfs.ts'
import { tempDir } from '../support/temp-dir.ts'

test('attributes are read, followed and written; what is not there is nothing, and is not made', async () => {
  const root = tempDir()
  mkdirSync(join(root, 'sys/devices/a'), { recursive: true })
  mkdirSync(join(root, 'sys/bus'))
  writeFileSync(join(root, 'sys/devices/a/word'), 'one\n')
  symlinkSync('../devices/a', join(root, 'sys/bus/a'))
  symlinkSync('/', join(root, 'sys/bus/out'))
  const sysfs = sysfsUnder(root)
  expect(sysfs.list('/bus')).toEqual(['a', 'out'])
  expect(sysfs.read('/bus/a/word')).toBe('one')
  expect([...sysfs.bytes('/bus/a/word', 2)]).toEqual([0x6f, 0x6e])
  expect(sysfs.real('/bus/a')).toBe('/devices/a')
  expect(sysfs.real('/bus/out')).toBeUndefined()
  await sysfs.write('/bus/a/word', 'two')
  expect(readFileSync(join(root, 'sys/devices/a/word'), 'utf8')).toContain('two')
  expect(sysfs.read('/bus/b')).toBeUndefined()
  expect(sysfs.list('/bus/b')).toEqual([])
  expect([...sysfs.bytes('/bus/b', 2)]).toEqual([])
  await expect(sysfs.write('/bus/a/other', 'x')).rejects.toMatchObject({ code: 'ENOENT' })
})

const hasPci = realSysfs.real('/bus/pci/drivers_probe') !== undefined

test(`an attribute that can only be written is written${hasPci ? '' : ': not run, there is no PCI here'}`, async () => {
  if (!hasPci || process.geteuid?.() !== 0) return
  // It refuses the device, which there is none of, and not the opening.
  await expect(realSysfs.write('/bus/pci/drivers_probe', 'none')).rejects.not.toMatchObject({
    code: 'EACCES',
  })
})
