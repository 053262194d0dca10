import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bootGuest } from '../../src/guest/boot-guest.ts'
import { debianGuests } from '../../src/guest/debian-guests.ts'
import { guestCommand } from '../../src/guest/guest-command.ts'
import { buildGuestImage } from '../../src/guest/guest-image.ts'
import { readReport } from '../../src/guest/read-report.ts'
import { findProgram } from '../find-program.ts'

const bootLimitMs = 300_000
const quietPower = 'cap-htm=off,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off'
const common = ['-accel', 'tcg', '-smp', '2', '-nodefaults', '-display', 'none', '-no-reboot']

/** The machines a raw boot is tried on, with what each guest must find inside itself. */
const machines = [
  {
    guest: 'x86_64',
    emulator: 'qemu-system-x86_64',
    args: ['-M', 'q35', '-cpu', 'max', '-m', '384'],
  },
  { guest: 'x86_64', emulator: 'qemu-system-x86_64', args: ['-M', 'pc', '-m', '384'] },
  { guest: 'i686', emulator: 'qemu-system-i386', args: ['-M', 'pc', '-m', '384'] },
  ...[
    ['POWER8', 0x004d_0200],
    ['POWER9', 0x004e_1200],
    ['POWER10', 0x0080_0200],
  ].map(([cpu, pvr]) => ({
    guest: 'ppc64le',
    emulator: 'qemu-system-ppc64',
    args: ['-M', `pseries,${quietPower}`, '-cpu', String(cpu), '-m', '768'],
    pvr,
  })),
] as const

describe('a guest made of Debian packages', () => {
  for (const { guest, emulator, args, ...expected } of machines) {
    const missing = findProgram(emulator) === undefined ? ` (no ${emulator} here)` : ''
    const title = `${guest} on ${args.slice(1, 4).join(' ').replace(/,\S+/, '')}${missing}`
    it.skipIf(missing !== '')(title, { timeout: bootLimitMs }, async () => {
      const recipe = debianGuests[guest]
      if (recipe === undefined) throw new Error(`no recipe for ${guest}`)
      const image = await buildGuestImage(recipe)
      const nonce = `test-${process.pid}`
      await using running = await bootGuest({
        argv: [
          emulator,
          ...args,
          ...common,
          ...['-serial', 'stdio', '-kernel', image.kernel, '-initrd', image.initrd],
          '-append',
          `console=ttyS0 console=hvc0 quiet cryptomgr.notests polyvirt.nonce=${nonce}`,
        ],
      })
      const patience = { cpuMs: running.cpuMs, quietMs: 60_000 }
      const { report } = await readReport(running.console, { nonce, ...patience })
      expect(report.kernel.release).toBe(image.kernelRelease)
      expect(report.kernel.commandLine).toContain(nonce)
      expect(report.vcpus).toMatchObject({ online: [0, 1] })
      if ('pvr' in expected) expect(report.cpu.pvr).toBe(expected.pvr)

      expect(await guestCommand(running.console, 'run uname -r; exit 3', patience)).toEqual({
        output: image.kernelRelease,
        status: 3,
      })
      running.console.send('poweroff')
      expect(await running.exited).toMatchObject({ exitCode: 0 })
    })
  }
})

describe('a machine whose guest has another byte order', () => {
  const emulator = 'qemu-system-ppc64'
  const missing = findProgram(emulator) === undefined
  it.skipIf(missing)('reaches its firmware', { timeout: bootLimitMs }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'polyvirt-boot-'))
    try {
      const socket = join(directory, 'console')
      await using running = await bootGuest({
        argv: [
          emulator,
          ...['-M', `pseries,${quietPower}`, '-cpu', 'POWER8', '-m', '512', ...common],
          ...['-chardev', `socket,id=c,path=${socket},server=on,wait=on`],
          ...['-device', 'spapr-vty,chardev=c'],
        ],
        socket,
      })
      const banner = await running.console.next(
        'the firmware',
        (line) => /Welcome to (.+)/.exec(line)?.[1],
        { cpuMs: running.cpuMs },
      )
      expect(banner).toBe('Open Firmware')
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
