import type { Problem, Rule } from '@polyvirt/core/arch'
import { pcWords } from './feature-policy.ts'
import { boardCpu } from './qemu-cpus.ts'

/** libvirt writes QEMU's own default down, which is a core of 32 bits, in this emulator too. */
const wordSize: Rule = {
  name: 'aarch64/cpu-word-size',
  check({ domain: { cpu } }) {
    if (cpu?.mode !== 'custom' || boardCpu(cpu.model)?.bits !== 32) return []
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: 'cpu/model',
        message: `a ${cpu.model ?? ''} runs 32-bit code only: a 64-bit kernel and UEFI for aarch64 do not start on it; use <cpu mode='maximum'/>, or a model such as cortex-a57`,
      },
    ]
  },
}

const wordsOfPcs: Rule = {
  name: 'aarch64/pc-words',
  check({ domain: { features = {} } }) {
    return pcWords.flatMap((name): Problem[] => {
      const value = features[name]
      if (value === undefined || value === false || value === 'off') return []
      const message = `<${name}/> is about PCs: it is kept and has no effect on virt`
      return [{ code: 'ERR_CONFIG_UNSUPPORTED', path: `features/${name}`, message }]
    })
  },
}

/** A newer controller passes for an older one only where its maker built the old registers, too. */
const olderController: Rule = {
  name: 'aarch64/gic-older',
  check({ domain, host }) {
    const { type, features } = domain
    if (type !== 'kvm' || features?.gicVersion !== '2' || host.cpu.registers?.['gic'] !== 3)
      return []
    const message = `the host has a GIC of version 3, and few of them can give guests one of version 2; if the start fails, use version='3'`
    return [{ code: 'ERR_CPU_INCOMPATIBLE', path: 'features/gic', message }]
  },
}

export const advice: readonly Rule[] = [wordSize, wordsOfPcs, olderController]
