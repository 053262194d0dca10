import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readStoredSizes } from '../../src/run/stored-sizes.ts'
import { tempDir } from '../support/temp-dir.ts'

test.each([
  ['raw', []],
  ['qcow2', []],
  ['qcow2', ['-o', 'compat=0.10']],
  ['qed', []],
])('the sizes of a %s image are those that qemu-img tells: %j', async (format, options) => {
  const path = join(tempDir(), 'image')
  execFileSync('qemu-img', ['create', '-q', '-f', format, ...options, path, '12M'])
  execFileSync('qemu-io', ['-f', format, '-c', 'write 1M 2M', path])
  const told = execFileSync('qemu-img', ['info', '--output=json', '-f', format, path])
  const info = JSON.parse(told.toString()) as Readonly<Record<string, number>>
  expect(await readStoredSizes(path, format)).toMatchObject({
    capacityBytes: info['virtual-size'],
    allocationBytes: info['actual-size'],
  })
})

test('what is none of these images is not told', async () => {
  const folder = tempDir()
  const path = join(folder, 'image')
  expect(await readStoredSizes(path, 'raw')).toBeUndefined()
  expect(await readStoredSizes(folder, 'raw')).toBeUndefined()
  expect(await readStoredSizes('/dev/null', 'raw')).toBeUndefined()
  writeFileSync(path, 'abc')
  expect(await readStoredSizes(path, 'qcow2')).toBeUndefined()
  expect(await readStoredSizes(path, 'vmdk')).toBeUndefined()
  writeFileSync(path, Buffer.from(`514649fb00000003${'ff'.repeat(64)}`, 'hex'))
  expect(await readStoredSizes(path, 'qcow2')).toBeUndefined()
})

test('a raw image has as many bytes as its file, as libvirt says, also where they make no sector', async () => {
  const path = join(tempDir(), 'image')
  writeFileSync(path, Buffer.alloc(1000))
  expect(await readStoredSizes(path, 'raw')).toMatchObject({
    capacityBytes: 1000,
    physicalBytes: 1000,
  })
})
