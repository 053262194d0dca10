import { unsupported } from '@polyvirt/core/arch'
import type { DeviceOf, Domain, Problem, Rule, RuleContext } from '@polyvirt/core/arch'

/** 2^29 bytes: what Linux's SECTION_SIZE_BITS is here with pages of 16 KiB, which all distributions have. */
const sectionKiB = 512 * 1024

/** RAM beyond this is not at 0 any more, but from 2 GiB on (hw/loongarch/virt.c, VIRT_LOWMEM_SIZE). */
const lowKiB = 256 * 1024
const highBaseKiB = 2 * 1024 * 1024

/** QEMU moves a device up to a boundary of its backend's, which is 2 MiB. */
const stepKiB = 2 * 1024

const upTo = (step: number, kib: number): number => Math.ceil(kib / step) * step

interface Range {
  readonly startKiB: number
  readonly endKiB: number
}

/** RAM that a guest starts with, into whose nodes memory is plugged. */
function ramKiB({ domain, profile }: RuleContext): number {
  return (domain.cpu?.numa ?? [])
    .map(({ memoryKiB }) => upTo(profile.memoryStepKiB, memoryKiB))
    .reduce((sum, one) => sum + one, 0)
}

/** Where QEMU puts each memory device: the first gap behind the RAM, in the order of the document. */
function placesOf({ devices }: Domain, ram: number): readonly Range[] {
  const room = upTo(stepKiB, ram > lowKiB ? highBaseKiB + ram - lowKiB : ram)
  const places: Range[] = []
  for (const { sizeKiB, address } of devices.memory ?? []) {
    const base = address?.type === 'dimm' ? address.base : undefined
    let startKiB = base === undefined ? room : base / 1024
    for (const taken of base === undefined ? places.toSorted(byStart) : []) {
      const isInTheWay = startKiB < taken.endKiB && taken.startKiB < startKiB + sizeKiB
      if (isInTheWay) startKiB = upTo(stepKiB, taken.endKiB)
    }
    places.push({ startKiB, endKiB: startKiB + sizeKiB })
  }
  return places
}

const byStart = (a: Range, b: Range): number => a.startKiB - b.startKiB

/** QEMU plugs memory of any size wherever there is room, and Linux adds whole sections only. */
export const memorySections: Rule = {
  name: 'loongarch64/memory-sections',
  check(context) {
    const { devices } = context.domain
    const ram = ramKiB(context)
    const places = placesOf(context.domain, ram)
    return (devices.memory ?? []).flatMap((one, i): Problem[] =>
      one.model === 'dimm' ? [...ofSize(one, i), ...ofPlace({ ...one, ...places[i] }, i, ram)] : [],
    )
  },
}

type Dimm = DeviceOf<'memory'>

function ofSize({ sizeKiB }: Dimm, i: number): readonly Problem[] {
  if (sizeKiB % sectionKiB === 0) return []
  return [
    unsupported(
      `devices/memory[${i + 1}]/target/size`,
      `Linux adds plugged memory in blocks of 512 MiB and leaves a 'dimm' of ${sizeKiB / 1024} MiB unused; give a multiple of 512`,
    ),
  ]
}

function ofPlace(
  { address, startKiB = 0 }: Dimm & Partial<Range>,
  i: number,
  ram: number,
): readonly Problem[] {
  if (startKiB % sectionKiB === 0) return []
  const better = betterKiB(ram)
  const wayOut =
    address?.type === 'dimm' && address.base !== undefined
      ? 'give it another base'
      : better === ram
        ? 'give what is before it whole blocks'
        : `give the guest ${better / 1024} MiB of RAM`
  return [
    unsupported(
      `devices/memory[${i + 1}]`,
      `Linux adds plugged memory in blocks of 512 MiB that begin at multiples of that, and leaves a 'dimm' at 0x${(startKiB * 1024).toString(16)} unused; ${wayOut}`,
    ),
  ]
}

/** RAM of at least this much, behind which a section begins. */
const betterKiB = (ram: number): number =>
  lowKiB + Math.max(1, Math.ceil((ram - lowKiB) / sectionKiB)) * sectionKiB
