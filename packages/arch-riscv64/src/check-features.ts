import { nearest, quote } from '@polyvirt/core/arch'
import type { Cpu, CpuContext, Problem } from '@polyvirt/core/arch'
import { asked, offeredFeatures, policyOf } from './cpu-features.ts'
import { exclusive, needs, ownOfRv64 } from './extensions.ts'
import { isFree } from './qemu-cpus.ts'

/** Names that no specification could have, and extensions that exclude each other. */
export function validateFeatures(one: Cpu): readonly Problem[] {
  const on = asked(one, 'on')
  const strange = (one.features ?? []).flatMap(({ name }, i): Problem[] =>
    isExtension(name)
      ? []
      : [refused(i, `${quote(name)} is no extension of RISC-V: they are named like 'v' or 'zba'`)],
  )
  const clashes = exclusive.flatMap(([a, b]) =>
    on.includes(a) && on.includes(b)
      ? [refused(indexOf(one, b), `${quote(a)} and ${quote(b)} exclude each other; ask for one`)]
      : [],
  )
  return [...strange, ...clashes]
}

/** A letter, or a word that begins with the letter of its class (ISA manual, naming conventions). */
function isExtension(name: string): boolean {
  return /^(?:[a-y]|[zsx][a-z0-9]+)$/.test(name)
}

/** Extensions that this very CPU cannot be given, or cannot be without. */
export function checkFeatures(one: Cpu, context: CpuContext): readonly Problem[] {
  const offered = offeredFeatures(context)
  const widest = context.capabilities.widestCpu?.[context.virtType]
  const free = one.mode !== 'custom' || isFree(one.model)
  const each = (one.features ?? []).flatMap((feature, i): Problem[] => {
    const { name } = feature
    const policy = policyOf(feature)
    if (policy === undefined) return []
    // QEMU takes extensions from a chip since 8.2, and adds none to it.
    if (!free && (policy === 'on' || widest === undefined)) {
      const message = `CPU model ${quote(one.model ?? '')} is a chip with extensions of its own; name 'rv64', of which they can be chosen`
      return [refused(i, message)]
    }
    if (!offered.includes(name)) return [refused(i, notOffered(name, offered))]
    if (context.virtType !== 'kvm' || policy === 'off' || widest?.[name] !== false) return []
    const message = `the host's processor has no ${quote(name)}`
    return [{ code: 'ERR_CPU_INCOMPATIBLE', path: `feature[${i + 1}]/@name`, message }]
  })
  return each.length > 0 ? each : checkNeeds(one, offered)
}

function notOffered(name: string, offered: readonly string[]): string {
  if (offered.length === 0)
    return `this QEMU lends guests of KVM the host's processor as it is; leave ${quote(name)} out`
  const near = nearest(name, offered)
  const hint = near === undefined ? '' : `; did you mean '${near}'?`
  return `this QEMU has no switch for ${quote(name)}; offered: ${offered.join(', ')}${hint}`
}

/** What is off takes along what cannot be without it; QEMU ends instead. */
function checkNeeds(one: Cpu, offered: readonly string[]): readonly Problem[] {
  const on = asked(one, 'on')
  const off = asked(one, 'off')
  const own = one.mode === 'custom' && one.model === 'rv64'
  return needs.flatMap(([name, needed]) => {
    const has = on.includes(name) || (own && ownOfRv64.has(name) && offered.includes(name))
    if (!off.includes(needed) || off.includes(name) || !has) return []
    const message = `${quote(name)} needs ${quote(needed)}: turn it off as well, or leave ${quote(needed)} on`
    return [refused(indexOf(one, needed), message)]
  })
}

function indexOf({ features = [] }: Cpu, name: string): number {
  return features.findIndex((one) => one.name === name)
}

function refused(index: number, message: string): Problem {
  return { code: 'ERR_CONFIG_UNSUPPORTED', path: `feature[${index + 1}]/@name`, message }
}
