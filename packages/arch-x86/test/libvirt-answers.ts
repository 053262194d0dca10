import { readFileSync } from 'node:fs'
import type { Cpu } from '@polyvirt/core/arch'

/**
 * Answers of libvirt 9.0 (with QEMU 7.2, on an AMD host), one a line. A CPU is written as
 * `MODEL FALLBACK [VENDOR] [±FEATURE…]`, and `error: …` stands for itself.
 */
export function answers(name: string): readonly string[] {
  const text = readFileSync(new URL(`./libvirt/${name}.txt`, import.meta.url), 'utf8')
  return text.split('\n').filter((line) => line !== '')
}

/** A CPU in the form of the answers. */
export function written({ model = '', fallback = 'allow', vendor, features = [] }: Cpu): string {
  const words = features.map(({ policy, name }) => `${policy === 'disable' ? '-' : '+'}${name}`)
  return [model, fallback, ...(vendor === undefined ? [] : [vendor]), ...words].join(' ')
}

/** A host's CPU written as `MODEL[+FEATURE…]`. */
export function hostCpu(text: string): Cpu {
  const [model = '', ...names] = text.split('+')
  return { model, features: names.map((name) => ({ name })) }
}
