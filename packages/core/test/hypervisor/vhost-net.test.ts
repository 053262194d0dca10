import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { usesVhostNet } from '../../src/hypervisor/vhost-net.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'
import { tempDir } from '../support/temp-dir.ts'

describe('who moves the packets of a card', () => {
  const card = (words: string): string =>
    `<interface type='ethernet'>${words}<target dev='t'/></interface>`
  const virtio = `<model type='virtio'/>`
  const vhost = (devices: string, vhostNet: boolean): unknown => {
    const argv = planToy(toyXml({ devices })).argv({ taps: { 0: 't' }, vhostNet })
    const { vhost: written } = JSON.parse(argv[argv.indexOf('-netdev') + 1] ?? '{}') as {
      readonly vhost?: boolean
    }
    return written
  }

  it('is the kernel where it may, unless the document says QEMU', () => {
    expect(vhost(card(virtio), true)).toBe(true)
    expect(vhost(card(virtio), false)).toBeUndefined()
    expect(vhost(card(`${virtio}<driver name='qemu'/>`), true)).toBeUndefined()
    expect(vhost(card(`${virtio}<driver name='vhost'/>`), false)).toBe(true)
    expect(vhost(`<interface type='user'>${virtio}</interface>`, true)).toBeUndefined()
  })

  it('may be the kernel with KVM, where QEMU’s user can open its device', () => {
    const device = join(tempDir(), 'vhost-net')
    const user = { name: 'u', uid: 4711, gid: 4711, groups: [4711, 108] }
    expect(usesVhostNet({ type: 'kvm' }, undefined, device)).toBe(false)
    writeFileSync(device, '')
    expect(usesVhostNet({ type: 'kvm' }, undefined, device)).toBe(true)
    expect(usesVhostNet({ type: 'qemu' }, undefined, device)).toBe(false)
    chmodSync(device, 0o660)
    expect(usesVhostNet({ type: 'kvm' }, user, device)).toBe(false)
    chmodSync(device, 0o666)
    expect(usesVhostNet({ type: 'kvm' }, user, device)).toBe(true)
    if (process.geteuid?.() !== 0) return
    chmodSync(device, 0o660)
    chownSync(device, 0, 108)
    expect(usesVhostNet({ type: 'kvm' }, user, device)).toBe(true)
  })
})
