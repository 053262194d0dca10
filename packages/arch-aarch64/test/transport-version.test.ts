import { domainXml, planScenario, targetsOf } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { aarch64 } from '../src/index.ts'
import { recorded } from './contexts.ts'

const there = "<address type='virtio-mmio'/>"
const rng = `<rng model='virtio'><backend model='random'>/dev/urandom</backend>${there}</rng>`

/** What is said of all transports of a guest with these devices. */
function saidOfTransports(devices: string): readonly string[] {
  const [target] = targetsOf(aarch64, aarch64.guests[0], recorded(), '/qemu')
  if (target === undefined) throw new Error('no virt in the recording')
  const outcome = planScenario(domainXml({ devices }), target)
  if (outcome.kind === 'refused') throw outcome.error
  return outcome.planned.argv.filter((word) => word.startsWith('virtio-mmio.'))
}

describe('the board’s own virtio transports', () => {
  it('are of version 1 where an input is on one, which Linux drives by no older one', () => {
    expect(saidOfTransports(`<input type='keyboard' bus='virtio'>${there}</input>`)).toEqual([
      'virtio-mmio.force-legacy=off',
    ])
  })

  it('are what they have always been for everything else', () => {
    expect(saidOfTransports(rng)).toEqual([])
    expect(saidOfTransports("<input type='keyboard' bus='virtio'/>")).toEqual([])
  })
})
