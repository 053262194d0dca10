import { describe, expect, it } from 'vitest'
import { lifeXml } from '../../src/life/life-domain.ts'
import { minimalArch, minimalCapabilities } from '../../src/minimal-arch.ts'
import { targetsOf, type Target } from '../../src/target.ts'

/** The minimal board with PCI Express, of which a document needs no more than these words. */
function expressTarget(): Target {
  const [target] = targetsOf(
    minimalArch,
    minimalArch.guests[0],
    minimalCapabilities,
    '/usr/bin/toy',
  )
  const pci = target?.profile.pci
  if (target === undefined || pci === undefined) throw new Error('the minimal board has no PCI')
  const models = Object.fromEntries(
    ['pcie-root', 'pcie-root-port', 'pcie-to-pci-bridge'].map((model) => [
      model,
      { bus: 'none' as const },
    ]),
  )
  return {
    ...target,
    profile: { ...target.profile, pci: { ...pci, root: 'pcie-root' } },
    arch: {
      ...target.arch,
      devices: { ...target.arch.devices, 'controller:pci': { models } },
    },
  }
}

const play = async (): Promise<void> => undefined
const act = { id: 'x/y', title: 'nothing is done', uses: [], play }

/** Numbers of the PCI controllers that a document names, in its order. */
const numbers = (xml: string): readonly (string | undefined)[] =>
  [...xml.matchAll(/<controller type='pci'[^>]*>/g)].map(([tag]) => /index='(\d+)'/.exec(tag)?.[1])

describe('the document of a guest to which things are done', () => {
  it.each([
    ['ports only', {}, 16],
    ['a bridge to conventional PCI and ports', { conventionalPci: true }, 18],
  ])('numbers each bus of a PCI Express board: %s', (_, wants, count) => {
    const found = numbers(lifeXml([{ ...act, wants }], expressTarget(), ''))
    expect(found).toEqual(Array.from({ length: count }, (_one, at) => String(at + 1)))
  })
})
