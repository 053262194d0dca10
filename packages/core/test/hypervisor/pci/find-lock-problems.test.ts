import { expect, test } from 'vitest'
import { findLockProblems } from '../../../src/hypervisor/pci/find-lock-problems.ts'
import { parseDomain } from '../../../src/xml/parse-domain.ts'

const hostdev = `<hostdev mode='subsystem' type='pci'><source><address bus='1' slot='0' function='0'/></source></hostdev>`

const told = (devices: string, bytes: number): readonly string[] => {
  const xml = `<domain type='qemu'><name>a</name><memory unit='MiB'>512</memory><os><type>hvm</type></os><devices>${devices}</devices></domain>`
  return findLockProblems(parseDomain(xml).domain, { mayLock: () => bytes }).map(
    ({ message }) => message,
  )
}

test('a limit that does not hold the memory of a guest with a device of the host is said', () => {
  const [message = '', ...rest] = told(hostdev, 8 * 1024 * 1024)
  expect(rest).toEqual([])
  expect(message).toContain('1536 MiB with what QEMU itself needs, and this user may lock 8 MiB')
  expect(told(hostdev, 1536 * 1024 * 1024)).toEqual([])
  expect(told(hostdev, Infinity)).toEqual([])
  expect(told('', 0)).toEqual([])
})
