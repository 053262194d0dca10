import { unsupported } from '@polyvirt/core/arch'
import type { Problem, Rule } from '@polyvirt/core/arch'
import { pcWords } from './feature-policy.ts'

/** OpenSBI, which QEMU brings along, looks at no disk: it starts what stands in memory, or waits. */
const nothingToBoot: Rule = {
  name: 'riscv64/nothing-to-boot',
  check({ domain: { os } }) {
    if (os.kernel !== undefined || os.loader !== undefined || os.firmware !== undefined) return []
    return [
      unsupported(
        'os',
        `QEMU's firmware for virt, OpenSBI, boots from no disk: give a <kernel>, UEFI by firmware='efi', or U-Boot by <loader>`,
      ),
    ]
  },
}

/** The board's Goldfish clock tells the time of day and has no ticks to make up for. */
const clockTicks: Rule = {
  name: 'riscv64/rtc-ticks',
  check({ domain }) {
    return (domain.clock?.timers ?? []).flatMap(({ name, tickpolicy }, i) =>
      name === 'rtc' && tickpolicy === 'catchup'
        ? [
            unsupported(
              `clock/timer[${i + 1}]/@tickpolicy`,
              `the clock of virt loses no ticks: 'catchup' is kept and has no effect`,
            ),
          ]
        : [],
    )
  },
}

/** The device tree has a core for each vCPU, in one cluster for each NUMA node (hw/riscv/virt.c). */
const flatTopology: Rule = {
  name: 'riscv64/flat-topology',
  check({ domain }) {
    const { sockets = 1, threads = 1 } = domain.cpu?.topology ?? {}
    if (sockets === 1 && threads === 1) return []
    return [
      unsupported(
        'cpu/topology',
        'virt shows its guest every vCPU as a core of one socket: <topology> is kept and has no effect',
      ),
    ]
  },
}

const wordsOfPcs: Rule = {
  name: 'riscv64/pc-words',
  check({ domain: { features = {} } }) {
    return pcWords.flatMap((name): Problem[] => {
      const value = features[name]
      if (value === undefined || value === false || value === 'off') return []
      const message = `<${name}/> is about PCs: it is kept and has no effect on virt`
      return [unsupported(`features/${name}`, message)]
    })
  },
}

export const advice: readonly Rule[] = [nothingToBoot, clockTicks, flatTopology, wordsOfPcs]
