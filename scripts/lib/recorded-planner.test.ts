import { expect, test } from 'vitest'
import { recordedPlanner } from './recorded-planner.ts'

const document = (arch: string, emulator: string): string =>
  `<domain type='qemu'><name>a</name><memory>131072</memory><os><type arch='${arch}'>hvm</type></os>
  <devices><emulator>${emulator}</emulator></devices></domain>`

test.each([
  ['i686', '/usr/bin/qemu-system-i386', 'qemu32'],
  ['i686', '/usr/bin/qemu-system-x86_64', 'qemu64'],
  ['i686', '/usr/bin/kvm', 'qemu64'],
  ['x86_64', '/usr/libexec/qemu-kvm', 'qemu64'],
  ['ppc64', '/usr/libexec/qemu-kvm', 'POWER9'],
])('A guest of %s on %s has the CPU %s', async (arch, emulator, cpu) => {
  const { argv } = await recordedPlanner()(document(arch, emulator), arch)
  expect(argv[0]).toBe(emulator)
  expect(argv[argv.indexOf('-cpu') + 1]).toMatch(new RegExp(`^${cpu}`, 'i'))
})
