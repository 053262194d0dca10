import { readXml } from '@polyvirt/core'
import { describe, expect, test } from 'vitest'
import type { Condition } from './condition.ts'
import { matches, valuesAt } from './matches.ts'
import type { Subject } from './matches.ts'

const document = readXml(`<domain type='qemu'>
  <name>guest</name>
  <os><type arch='ppc64le' machine='pseries'>hvm</type></os>
  <devices>
    <input type='mouse' bus='ps2'/>
    <input type='tablet' bus='usb'/>
    <disk type='file'><source file='disk.img'/></disk>
    <controller type='usb'><address type='pci'/></controller>
  </devices>
</domain>`)

const subject: Subject = {
  arch: 'ppc64le',
  document,
  libvirtStage: 'argv',
  libvirtError: 'internal error: no such thing',
  ourError: "/domain/devices/input[1]/@bus: input 'mouse on bus ps2' is not offered",
  lines: ['/domain/uuid: libvirt "a", polyvirt "b"'],
}

const holds: readonly [string, Condition][] = [
  ['an attribute of one of several devices', { path: 'devices/input/@bus', value: 'ps2' }],
  ['one of several values', { path: 'devices/input/@bus', value: ['xen', 'usb'] }],
  ['a pattern over a value', { path: 'devices/disk/source/@file', pattern: '^[^/]' }],
  ['an element that is there', { path: 'devices/disk' }],
  ['the text of an element', { path: 'name', value: 'guest' }],
  ['any element on the way', { path: 'devices/*/address/@type', value: 'pci' }],
  ['the document’s own attribute', { path: '@type', value: 'qemu' }],
  ['a place that is not there', { path: 'os/loader', absent: true }],
  ['a value that is nowhere', { path: 'devices/input/@bus', value: 'xen', absent: true }],
  ['an architecture', { arch: ['ppc64', 'ppc64le'] }],
  ['where libvirt refused, and why', { libvirtStage: 'argv', libvirtError: 'no such' }],
  ['the problem at hand', { ourError: 'bus ps2' }],
  ['another difference of the case', { besides: '^/domain/uuid: ' }],
  ['all of several', { all: [{ arch: 'ppc64le' }, { path: 'os/type' }] }],
  ['one of several', { any: [{ arch: 'x86_64' }, { path: 'os/type' }] }],
]

const fails: readonly [string, Condition][] = [
  ['another value', { path: 'devices/input/@bus', value: 'xen' }],
  ['the value of another attribute', { path: 'devices/input/@type', value: 'ps2' }],
  ['the same name elsewhere', { path: 'input/@bus', value: 'ps2' }],
  ['absence of what is there', { path: 'devices/disk', absent: true }],
  ['another architecture', { arch: 'x86_64' }],
  ['a difference that is not there', { besides: '^/domain/name: ' }],
  ['one wrong member beside a right one', { arch: 'ppc64le', libvirtStage: 'define' }],
  ['all of several, when one fails', { all: [{ arch: 'ppc64le' }, { path: 'os/loader' }] }],
  ['none of several', { any: [{ arch: 'x86_64' }, { path: 'os/loader' }] }],
]

describe('A condition holds for', () => {
  test.each(holds)('%s', (_, condition) => {
    expect(matches(condition, subject)).toBe(true)
  })
})

describe('A condition does not hold for', () => {
  test.each(fails)('%s', (_, condition) => {
    expect(matches(condition, subject)).toBe(false)
  })

  test('a document that cannot be read, whatever it asks of it', () => {
    const unread = { arch: 'x86_64', libvirtStage: 'accepted' }
    expect(matches({ path: 'devices' }, unread)).toBe(false)
    expect(matches({ path: 'devices', absent: true }, unread)).toBe(false)
  })

  test('an error where there is none', () => {
    const accepted = { arch: 'x86_64', document, libvirtStage: 'accepted' }
    expect(matches({ ourError: '' }, accepted)).toBe(false)
    expect(matches({ libvirtError: '' }, accepted)).toBe(false)
  })
})

test('A path gives every value it names, in the order of the document', () => {
  expect(valuesAt(document, 'devices/input/@bus')).toEqual(['ps2', 'usb'])
  expect(valuesAt(document, 'devices/*/@type')).toEqual(['mouse', 'tablet', 'file', 'usb'])
  expect(valuesAt(document, 'os/type')).toEqual(['hvm'])
})
