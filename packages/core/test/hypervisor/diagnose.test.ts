import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createRegistry } from '../../src/arch/registry.ts'
import { openHypervisor } from '../../src/hypervisor/open-hypervisor.ts'
import type { Finding } from '../../src/hypervisor/hypervisor.ts'
import { findEmulator } from '../support/emulators.ts'
import { testRoot } from '../support/hypervisor.ts'
import { tempDir } from '../support/temp-dir.ts'
import { testArch } from '../support/test-arch.ts'

const about = (findings: readonly Finding[], topic: string): readonly Finding[] =>
  findings.filter((one) => one.topic === topic)

const guest = (name: string): string => `<domain type='qemu'>
  <name>${name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='small64'>hvm</type></os><devices/>
</domain>`

/** An emulator that is another file and does the same. */
function wrapper(run: string): string {
  const path = join(tempDir(), 'qemu-system-other')
  writeFileSync(path, `#!/bin/sh\nexec ${run} "$@"\n`)
  chmodSync(path, 0o755)
  return path
}

describe('a diagnosis', () => {
  test('says of each architecture which QEMU runs it, and whether KVM does', async () => {
    const hypervisor = await testRoot().open()
    const findings = await hypervisor.connectDiagnose()
    const [emulator] = about(findings, 'emulator')
    expect(emulator).toMatchObject({ level: 'ok', subject: 'small64' })
    expect(emulator?.message).toMatch(/^QEMU \d+\.\d+\.\d+ at \//)
    expect(about(findings, 'KVM')).toMatchObject([{ level: 'note', subject: 'small64' }])
    expect(about(findings, 'UEFI')).toHaveLength(1)
  })

  test('names the package of an emulator that is missing', async () => {
    const root = testRoot()
    await using hypervisor = await openHypervisor(root.uri, {
      registry: createRegistry([testArch]),
    })
    const findings = await hypervisor.connectDiagnose()
    expect(about(findings, 'emulator')).toMatchObject([
      { level: 'warning', subject: 'toy64', command: 'apt-get install qemu-system-toy' },
    ])
    // Its package is there, and no other guest can be defined without one.
    expect(about(findings, 'architectures')).toEqual([])
  })

  test('finds that no architecture is installed', async () => {
    const root = testRoot()
    await using hypervisor = await openHypervisor(root.uri, { registry: createRegistry([]) })
    const findings = await hypervisor.connectDiagnose()
    expect(about(findings, 'architectures')).toMatchObject([{ level: 'problem' }])
  })
})

describe('another emulator', () => {
  test('that does the same starts every domain as it is', async () => {
    const hypervisor = await testRoot().open()
    await hypervisor.domainDefineXml(guest('one'))
    const against = wrapper(findEmulator('qemu-system-x86_64'))
    expect(await hypervisor.connectDiagnose({ against })).toMatchObject([
      { level: 'ok', topic: 'domain', subject: 'one' },
    ])
  })

  test('of another target starts none, and the reason is told', async () => {
    const hypervisor = await testRoot().open()
    await hypervisor.domainDefineXml(guest('one'))
    const against = wrapper(findEmulator('qemu-system-ppc64'))
    const [finding] = await hypervisor.connectDiagnose({ against })
    expect(finding).toMatchObject({ level: 'problem', subject: 'one' })
    expect(finding?.message).toMatch(/^It would not start: .*'ppc64'/)
  })

  test('that is none is an error of each domain', async () => {
    const hypervisor = await testRoot().open()
    await hypervisor.domainDefineXml(guest('one'))
    const [finding] = await hypervisor.connectDiagnose({ against: '/no/qemu-system-x' })
    expect(finding).toMatchObject({ level: 'problem' })
    expect(finding?.message).toContain('does not exist')
  })

  test('has nothing to change where nothing is defined', async () => {
    const hypervisor = await testRoot().open()
    const against = findEmulator('qemu-system-x86_64')
    expect(await hypervisor.connectDiagnose({ against })).toMatchObject([{ level: 'note' }])
  })
})
