import { describedHost } from '@polyvirt/conformance'
import type { HostFinding, HostVirtualization } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { host } from '../../src/host-info.ts'

function read(flags: string, files: Readonly<Record<string, string>>): HostVirtualization {
  const cpuinfo = `processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: lm ${flags}\n`
  const { virtualization } = host.read(describedHost({ '/proc/cpuinfo': cpuinfo, ...files }))
  return virtualization ?? { modules: [] }
}

const dmi = (maker: string, product: string): Readonly<Record<string, string>> => ({
  '/sys/class/dmi/id/sys_vendor': `${maker}\n`,
  '/sys/class/dmi/id/product_name': `${product}\n`,
})
const clocks = '/sys/devices/system/clocksource/clocksource0/available_clocksource'

describe('whose guest a machine is', () => {
  it.each([
    ['nobody’s', '', dmi('Dell Inc.', 'PowerEdge'), undefined],
    ['nobody’s, whatever it is called', '', dmi('QEMU', 'Standard PC'), undefined],
    ['KVM’s, by its clock', 'hypervisor', { [clocks]: 'kvm-clock tsc\n' }, 'KVM'],
    [
      'Hyper-V’s, by its clock',
      'hypervisor',
      { [clocks]: 'hyperv_clocksource_tsc_page\n' },
      'Hyper-V',
    ],
    ['Hyper-V’s', 'hypervisor', dmi('Microsoft Corporation', 'Virtual Machine'), 'Hyper-V'],
    ['VMware’s', 'hypervisor', dmi('VMware, Inc.', 'VMware7,1'), 'VMware'],
    ['VirtualBox’s', 'hypervisor', dmi('innotek GmbH', 'VirtualBox'), 'VirtualBox'],
    ['a cloud’s', 'hypervisor', dmi('Amazon EC2', 'm5.large'), 'KVM'],
    ['QEMU’s', 'hypervisor', dmi('QEMU', 'Standard PC (Q35 + ICH9, 2009)'), 'QEMU'],
    ['somebody’s', 'hypervisor', {}, 'an unknown hypervisor'],
    ['Xen’s', 'hypervisor', { '/sys/hypervisor/type': 'xen\n' }, 'Xen'],
    [
      'nobody’s: Xen’s first domain is the host',
      'hypervisor',
      { '/sys/hypervisor/type': 'xen\n', '/proc/xen/capabilities': 'control_d\n' },
      undefined,
    ],
  ])('%s', (_, flags, files, expected) => {
    expect(read(flags, files).guestOf).toBe(expected)
  })
})

describe('what keeps guests from the host’s eyes', () => {
  const amd = '/sys/module/kvm_amd/parameters'
  it.each([
    ['nothing', '', {}, undefined],
    ['SEV', '', { [`${amd}/sev`]: 'Y\n', [`${amd}/sev_es`]: 'N\n' }, ['sev']],
    [
      'SEV of all kinds',
      '',
      { [`${amd}/sev`]: '1\n', [`${amd}/sev_es`]: '1\n', [`${amd}/sev_snp`]: 'Y\n' },
      ['sev', 'sev-es', 'sev-snp'],
    ],
    ['SGX', 'sgx', { '/dev/sgx_vepc': '', '/dev/sgx_enclave': '' }, ['sgx']],
    ['not SGX of which guests get nothing', 'sgx', { '/dev/sgx_enclave': '' }, undefined],
    ['TDX', '', { '/sys/module/kvm_intel/parameters/tdx': 'Y\n' }, ['tdx']],
  ])('%s', (_, flags, files, expected) => {
    expect(read(flags, files).secure).toEqual(expected)
  })
})

describe('doctor', () => {
  const found = (
    flags: string,
    files: Readonly<Record<string, string>>,
  ): readonly HostFinding[] => {
    const cpuinfo = `processor\t: 0\nflags\t\t: lm ${flags}\n`
    const described = describedHost({ '/proc/cpuinfo': cpuinfo, ...files })
    return host.diagnose?.(host.read(described), described) ?? []
  }

  it.each([
    ['vmx', 'kvm_intel', 'VT-x'],
    ['svm', 'kvm_amd', 'AMD-V'],
  ])('says how KVM is loaded for %s', (flag, module, name) => {
    expect(found(flag, {})).toContainEqual({
      level: 'problem',
      topic: 'KVM',
      message: `The processor has ${name}, but ${module} is not loaded: guests are emulated.`,
      command: `modprobe ${module}`,
    })
  })

  it('says where it may be hidden', () => {
    expect(found('', {})[0]?.message).toMatch(/firmware’s setup/)
    expect(found('hypervisor', dmi('QEMU', 'pc'))[0]).toMatchObject({
      level: 'note',
      message: /^This machine is a guest of QEMU/,
    })
  })

  it('says how guests get guests of their own', () => {
    const files = { '/sys/module/kvm_intel/parameters/nested': 'N\n' }
    expect(found('vmx', files).find(({ topic }) => topic === 'nested')?.command).toBe(
      'modprobe -r kvm_intel && modprobe kvm_intel nested=1',
    )
  })
})
