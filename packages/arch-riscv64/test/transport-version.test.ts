import { domainXml, planScenario, targetsOf } from '@polyvirt/conformance'
import type { Arch } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { riscv64 } from '../src/index.ts'
import { recorded } from './contexts.ts'
import { withoutPci } from './without-pci.ts'

const there = "<address type='virtio-mmio'/>"
const input = (more = ''): string => `<input type='keyboard' bus='virtio'>${more}</input>`
const rng = (more = ''): string =>
  `<rng model='virtio'><backend model='random'>/dev/urandom</backend>${more}</rng>`
const crypto = (more = ''): string =>
  `<crypto model='virtio' type='qemu'><backend model='builtin' queues='1'/>${more}</crypto>`
const video = (more = ''): string => `<video><model type='virtio'/>${more}</video>`

/** What is said of all transports of a guest with these devices. */
function saidOfTransports(devices: string, arch: Arch = riscv64): readonly string[] {
  const [target] = targetsOf(arch, arch.guests[0], recorded(), '/qemu')
  if (target === undefined) throw new Error('no virt in the recording')
  const outcome = planScenario(domainXml({ devices }), target)
  if (outcome.kind === 'refused') throw outcome.error
  return outcome.planned.argv.filter((word) => word.startsWith('virtio-mmio.'))
}

describe('the board’s own virtio transports', () => {
  it.each([
    ['an input', input(there)],
    ['a display', video(there)],
    ['a crypto device', crypto(there)],
    // Where one device is on them, the others are as well.
    ['an input that comes with another device', input() + rng(there)],
  ])('are of version 1 for %s, which Linux drives by no older one', (_what, devices) => {
    expect(saidOfTransports(devices)).toEqual(['virtio-mmio.force-legacy=off'])
  })

  it('are what they have always been for everything else', () => {
    expect(saidOfTransports(rng(there))).toEqual([])
    expect(saidOfTransports(input() + video() + crypto() + rng())).toEqual([])
    expect(
      saidOfTransports(
        `${input("<address type='pci' domain='0' bus='1' slot='0' function='0'/>")}${rng(there)}`,
      ),
    ).toEqual([])
  })

  it('are all there is for virtio on a board without PCI', () => {
    expect(saidOfTransports(input(), withoutPci(riscv64))).toEqual(['virtio-mmio.force-legacy=off'])
    expect(saidOfTransports(rng(), withoutPci(riscv64))).toEqual([])
  })
})
