import { describe, expect, it } from 'vitest'
import { findRunProblems } from '../../src/plan/find-run-problems.ts'
import { findWarnings } from '../../src/plan/find-warnings.ts'
import { formatDomain, parseDomain } from '../../src/xml/parse-domain.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'

const warned = (devices: string): readonly (string | undefined)[] =>
  findWarnings(parseDomain(toyXml({ devices })).domain).map(({ path }) => path)

describe('a word that changes nothing is warned about', () => {
  it.each([
    [
      'queues of a card that has one',
      `<interface type='user'><model type='e1000'/><driver name='vhost' queues='4'/></interface>`,
      'devices/interface[1]/driver/@queues',
    ],
    [
      'queues of a card of the host',
      `<interface type='hostdev'><source><address type='pci' bus='1' slot='0'/></source><driver name='vfio' queues='4'/></interface>`,
      'devices/interface[1]/driver/@queues',
    ],
    [
      'queues beyond the one of a macvtap',
      `<interface type='direct'><source dev='eth0'/><model type='virtio'/><driver queues='4'/></interface>`,
      'devices/interface[1]/driver/@queues',
    ],
    [
      'the ROM of a mediated device',
      `<hostdev type='mdev' model='vfio-pci'><source><address uuid='af5972fb-5530-41a7-0000-fd836204445b'/></source><rom file='/x'/></hostdev>`,
      'devices/hostdev[1]/rom',
    ],
    [
      'the socket of a TPM that is emulated here',
      `<tpm><backend type='emulator'><device path='/s'/></backend></tpm>`,
      'devices/tpm[1]/backend',
    ],
  ])('%s', (_, devices, path) => {
    expect(warned(devices)).toEqual([path])
  })

  it.each([
    `<interface type='user'><model type='virtio'/><driver queues='4'/></interface>`,
    `<interface type='user'><driver queues='4'/></interface>`,
    `<tpm><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>`,
  ])('and one that does is not: %s', (devices) => {
    expect(warned(devices)).toEqual([])
  })
})

describe('a tick policy that changes nothing is warned about', () => {
  it.each([
    ["name='hpet' tickpolicy='catchup'", ['clock/timer[1]/@tickpolicy']],
    ["name='hpet' tickpolicy='delay'", []],
    ["name='tsc' tickpolicy='delay'", ['clock/timer[1]/@tickpolicy']],
    ["name='rtc' tickpolicy='catchup'", []],
  ])('%s', (timer, paths) => {
    const { domain } = parseDomain(toyXml({ more: `<clock><timer ${timer}/></clock>` }))
    expect(findWarnings(domain).map(({ path }) => path)).toEqual(paths)
  })
})

describe('a card whose tap is asked of another device', () => {
  const problems = (type: string, words: string): readonly (string | undefined)[] => {
    const devices = `<interface type='${type}'><source bridge='b'/><backend ${words}/><model type='virtio'/></interface>`
    const { domain, context } = planToy(toyXml({ devices }))
    expect(formatDomain(domain)).toContain(`<backend ${words}/>`)
    return findRunProblems(domain, context).map(({ path }) => path)
  }

  it('is kept, and refused when it starts, by name', () => {
    const at = 'devices/interface[1]/backend'
    expect(problems('bridge', `tap='/dev/x' vhost='/dev/y'`)).toEqual([
      `${at}/@tap`,
      `${at}/@vhost`,
    ])
    expect(problems('user', `tap='/dev/x'`)).toEqual([`${at}/@tap`])
    expect(problems('bridge', `tap='/dev/net/tun' vhost='/dev/vhost-net'`)).toEqual([])
  })
})

describe('a display of SPICE that shall be secure', () => {
  it.each([
    [`defaultMode='secure'`, '', '@defaultMode'],
    [`tlsPort='5901'`, '', '@tlsPort'],
    ['', `<channel name='main' mode='secure'/>`, 'channel[1]/@mode'],
  ])('is kept with %s%s, and refused when it starts', (attributes, channel, below) => {
    const devices = `<graphics type='spice' port='5900' autoport='no' ${attributes}>${channel}</graphics>`
    const { domain, context } = planToy(toyXml({ devices }))
    expect(findRunProblems(domain, context).map(({ path }) => path)).toEqual([
      `devices/graphics[1]/${below}`,
    ])
    expect(domain.devices.graphics).toHaveLength(1)
  })
})
