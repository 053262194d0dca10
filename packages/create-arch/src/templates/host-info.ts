import type { ArchPlan } from '../arch-plan.ts'
import { unameOf } from '../qemu-targets.ts'
import { comment, quoted } from './words.ts'

/** `src/host-info.ts`: what Linux tells alike everywhere is read already. */
export function hostInfo({ names }: ArchPlan): string {
  const [guest] = names.guests
  const machines = [...new Set(names.guests.map((one) => unameOf(one)))].map(quoted).join(', ')
  const todo =
    'TODO(host): say what `uname -m` says on such a host (`machines`) and how large the base page of its ' +
    'kernels is; take the model from what its /proc/cpuinfo says, and the clock where that tells one. What ' +
    'no file tells is left out.'
  return `import { hostMemoryKiB, hostPageSizesKiB, hostText, linuxTopology } from '@polyvirt/core/arch'
import type { HostCpu, HostFiles, HostInfo, HostInfoReader } from '@polyvirt/core/arch'

/** The base page of the kernel, in KiB. */
const basePageKiB = 4

/** Reads a ${names.arch} host from /proc and /sys. */
export const host: HostInfoReader = {
  machines: [${machines}],
  read: readHost,
}

function readHost(files: HostFiles): HostInfo {
  const memoryKiB = hostMemoryKiB(files)
  return {
    arch: ${quoted(guest)},
    cpu: readCpu(files),
    memoryKiB,
    pageSizesKiB: hostPageSizesKiB(files, basePageKiB),
    firmware: { kind: 'none' },
    ...linuxTopology(files, { basePageKiB, memoryKiB }),
  }
}

${comment(todo)}function readCpu(files: HostFiles): HostCpu {
  const cpuinfo = hostText(files, '/proc/cpuinfo')
  const description = /^(?:cpu|model name)\\s*:\\s*(\\S.*)$/im.exec(cpuinfo)?.[1]
  return { features: [], mhz: 0, ...(description !== undefined && { description }) }
}
`
}
