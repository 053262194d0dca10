import type { Arch, Cpu, CpuContext, CpuDriver } from '@polyvirt/core/arch'
import type { KnownToSuite } from './arch-law.ts'
import { nowhere } from './target.ts'

/** A guest's CPU of this model, nothing more. */
export const exactly = (model: string): Cpu => ({ mode: 'custom', match: 'exact', model })

/** A host's CPU as a guest's: what the host has, the guest asks for. */
export const asGuest = ({ model, features = [] }: Cpu): Cpu => ({
  mode: 'custom',
  match: 'exact',
  ...(model === undefined ? {} : { model }),
  features: features.map(({ name, policy }) => ({ policy: policy ?? 'require', name })),
})

/** How many models behind it in the list each one is paired with. */
export const pairedWith = 8

export function* pairs({ models }: CpuDriver): Generator<readonly [Cpu, Cpu]> {
  const cpus = models.map(({ name }) => exactly(name))
  for (const [index, first] of cpus.entries()) {
    for (const second of cpus.slice(index, index + pairedWith)) yield [first, second]
  }
}

export const namesOf = (cpus: readonly Cpu[]): string =>
  cpus.map(({ model }) => model).join(' and ')

/** Each machine of the recorded emulators that the architecture has a profile for, once. */
export function* contextsFor(
  { guests, machine }: Arch,
  { capabilities }: KnownToSuite,
): Generator<CpuContext> {
  for (const one of capabilities) {
    const guest = guests.find(({ emulators }) =>
      emulators.some((name) => name.endsWith(one.target)),
    )
    const found = one.machines.find(({ name, alias }) =>
      machine.profiles.some(({ pattern }) => pattern.test(name) || pattern.test(alias ?? '')),
    )
    if (found === undefined) continue
    yield {
      guest: guest ?? guests[0],
      machine: found,
      capabilities: one,
      host: nowhere,
      virtType: 'qemu',
      features: {},
    }
  }
}

/** Definitions that leave something open, as far as the driver accepts them. */
export function accepted(cpu: CpuDriver, context: CpuContext): readonly Cpu[] {
  const asked = cpu.models.flatMap(({ name }): readonly Cpu[] => {
    const [feature] = cpu.expandFeatures?.(exactly(name)).features ?? []
    return [
      exactly(name),
      { ...exactly(name), match: 'minimum' },
      ...(feature === undefined
        ? []
        : [{ ...exactly(name), features: [{ policy: 'optional', name: feature.name } as const] }]),
    ]
  })
  const given = [cpu.byDefault(context), cpu.hostModel?.(context), { mode: 'host-model' } as const]
  return [...asked, ...given.filter((one) => one !== undefined)].filter(
    (one) => cpu.check(one, context).length === 0,
  )
}
