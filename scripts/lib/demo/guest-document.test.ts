import { readFileSync } from 'node:fs'
import { formatDomain, parseDomain } from '@polyvirt/core'
import { expect, it } from 'vitest'
import { compareDomainXml } from './compare-xml.ts'
import { filledIn, guestDocument } from './guest-document.ts'

const template = readFileSync(new URL('../../../examples/guest.xml', import.meta.url), 'utf8')
const placement = {
  name: 'guest-ppc64le',
  arch: 'ppc64le',
  machine: 'pseries',
  kernel: '/cache/kernel',
  initrd: '/cache/initrd',
  cmdline: 'polyvirt.nonce=1 a<b&c',
  disk: '/tmp/demo/guest.qcow2',
}

it('says where a guest boots, and nothing else', () => {
  const before = formatDomain(parseDomain(template).domain)
  const differences = compareDomainXml(before, guestDocument(template, placement))
  expect(differences.map(({ path, right }) => [path, right])).toEqual([
    ['name', 'guest-ppc64le'],
    ['os / type', "arch='ppc64le' machine='pseries'"],
    ['os / kernel', '/cache/kernel'],
    ['os / initrd', '/cache/initrd'],
    ['os / cmdline', 'polyvirt.nonce=1 a<b&c'],
    ['disk vda / source', "file='/tmp/demo/guest.qcow2'"],
  ])
})

it('refuses a template without a disk', () => {
  const none = template.replace(/<disk.*<\/disk>/s, '')
  expect(() => guestDocument(none, placement)).toThrow('no disk')
})

it('differs between two architectures in nothing but the architecture', () => {
  const other = {
    ...placement,
    name: 'b',
    arch: 'x86_64',
    machine: 'q35',
    kernel: '/b',
    disk: '/b',
  }
  const documents = [placement, other].map((place) => guestDocument(template, place))
  expect(compareDomainXml(documents[0] ?? '', documents[1] ?? '', { ignore: filledIn })).toEqual([
    {
      path: 'os / type',
      left: "arch='ppc64le' machine='pseries'",
      right: "arch='x86_64' machine='q35'",
    },
  ])
})

it('names no architecture in the template', () => {
  expect(template.replace(/<!--.*?-->/s, '')).not.toMatch(
    /x86|i386|q35|i440fx|ppc|pseries|power\d|arch=|machine=|<address|<cpu/i,
  )
})
