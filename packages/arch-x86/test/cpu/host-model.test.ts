import { describe, expect, it } from 'vitest'
import { cpu } from '../../src/cpu-driver.ts'
import { contextOf, recorded } from '../contexts.ts'

const written = (features: readonly { policy?: string; name: string }[] = []): string =>
  features.map(({ policy, name }) => `${policy === 'disable' ? '-' : '+'}${name}`).join(' ')

describe('host-model', () => {
  it('of QEMU’s own CPU is the nearest model with what it has more and less', () => {
    const { features, ...rest } = cpu.hostModel?.(contextOf()) ?? {}
    expect(rest).toEqual({
      mode: 'custom',
      match: 'exact',
      model: 'EPYC',
      fallback: 'forbid',
      vendor: 'AMD',
    })
    // virsh domcapabilities --virttype qemu --arch x86_64, libvirt 9.0 with QEMU 7.2
    expect(written(features)).toBe(
      '+acpi +ss +monitor +hypervisor +erms +mpx +pcommit +clwb +umip +pku +vaes +la57 +pks ' +
        '+3dnowext +3dnow +npt +vgif +svme-addr-chk -vme -rdseed -sha-ni -xsavec -fxsr_opt ' +
        '-misalignsse -3dnowprefetch -osvw -topoext -nrip-save',
    )
  })

  it('of the 32-bit emulator is another one: it has no long mode', () => {
    const found = cpu.hostModel?.(contextOf({ capabilities: recorded('qemu-system-i386') }))
    expect(found?.model).toBe('Opteron_G2')
    expect(written(found?.features)).toMatch(/ \+svme-addr-chk -syscall -lm$/)
  })

  it('is not known where QEMU did not tell what it can give', () => {
    const { widestCpu: _, ...capabilities } = recorded()
    expect(cpu.hostModel?.(contextOf({ capabilities }))).toBeUndefined()
  })
})
