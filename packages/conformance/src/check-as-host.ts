import { ok, strictEqual } from 'node:assert'
import type { HostFiles } from '@polyvirt/core/arch'
import type { GuestFiles } from './guest/guest-files.ts'
import { checkHost } from './check-host.ts'
import type { BootedReport } from './started-guest.ts'

/** Where the kernel keeps what it shows under another path as well, which a copy does not follow. */
const realPaths: readonly (readonly [RegExp, string])[] = [
  [/^\/proc\/device-tree(?=\/|$)/, '/sys/firmware/devicetree/base'],
  [/^\/sys\/class\/dmi\/id(?=\/|$)/, '/sys/devices/virtual/dmi/id'],
]

/** A guest's own files, seen as those of a host. */
export function hostFilesOf(files: GuestFiles): HostFiles {
  const real = (path: string): string =>
    realPaths.reduce((found, [pattern, place]) => found.replace(pattern, place), path)
  return {
    read: (path) => files.bytes(real(path)),
    list: (path) => [...files.list(real(path))].toSorted(),
  }
}

/**
 * The architecture's own host reader, let loose on what the guest sent: it must find the machine
 * that was planned. A guest is a host as good as any.
 */
export function checkAsHost(booted: BootedReport): void {
  const { report, files, planned } = booted
  const { host } = planned.target.arch
  ok(
    host.machines.includes(report.kernel.machine),
    `the host reader does not know '${report.kernel.machine}', which its own guest is`,
  )
  const info = host.read(hostFilesOf(files))
  checkHost(info, planned)
  strictEqual(info.topology.cpus, report.vcpus.online.length)
  strictEqual(info.cpu.registers?.['pvr'], report.cpu.pvr)
  strictEqual(info.memoryKiB, report.memory.totalKiB)
}
