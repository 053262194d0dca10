import type { HostCpu } from '@polyvirt/core/arch'
import type { CoreKind } from './core-kinds.ts'
import type { CpuinfoProcessor } from './cpuinfo.ts'

/**
 * The processor, where all cores are of one kind. A machine of several kinds has no one model: what a
 * guest finds hangs on where it runs, and only what all cores can do is sure.
 */
export function hostCpu(
  processors: readonly CpuinfoProcessor[],
  kinds: readonly CoreKind[],
  gic: number | undefined,
): HostCpu {
  const [first, ...others] = kinds
  const uniform = others.length === 0
  const vendors = new Set(kinds.map(({ vendor }) => vendor))
  const description =
    processors.find(({ name }) => name !== undefined)?.name ??
    (first === undefined ? undefined : kinds.map(({ name }) => name).join(' + '))
  const registers = {
    ...(first !== undefined && uniform && { midr: first.midr }),
    ...(gic !== undefined && { gic }),
  }
  return {
    ...(uniform && first?.model !== undefined && { model: first.model }),
    ...(vendors.size === 1 && first?.vendor !== undefined && { vendor: first.vendor }),
    ...(description !== undefined && { description }),
    features: commonFeatures(processors),
    ...(Object.keys(registers).length > 0 && { registers }),
    // Linux on Arm does not tell, and neither does libvirt.
    mhz: 0,
  }
}

function commonFeatures([first, ...others]: readonly CpuinfoProcessor[]): readonly string[] {
  const rest = others.map(({ features }) => new Set(features))
  return [...new Set(first?.features ?? [])].filter((name) => rest.every((all) => all.has(name)))
}
