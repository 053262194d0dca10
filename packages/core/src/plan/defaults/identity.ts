import { bootKinds } from '../boot-words.ts'
import { defaultClock } from './clock.ts'
import type { DomainDraft } from '../draft.ts'
import { fillDomain, note } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import { dropPlainSource } from './disks.ts'

/** uuid, machine, emulator, memory, lifecycle: what every definition says in libvirt's form. */
export function defaultIdentity(d: Defaulting): void {
  const { domain, context } = d
  fillDomain(d, 'uuid', context.fresh.uuid(), {
    rule: 'domain/uuid',
    reason: 'a domain without a UUID gets a random one',
  })
  defaultMachine(d)
  defaultMemory(d)
  if (domain.numatune?.placement === 'auto' && domain.vcpuCpuset === undefined)
    fillDomain(d, 'vcpuPlacement', 'auto', {
      rule: 'vcpu/placement',
      reason: 'vCPUs run where their memory is placed',
    })
  fillDomain(d, 'vcpuPlacement', 'static', {
    rule: 'vcpu/placement',
    reason: 'vCPU threads run where the cpuset lets them',
  })
  if (domain.genid === '') {
    domain.genid = context.fresh.uuid()
    note(d, 'genid', domain.genid, {
      rule: 'domain/genid',
      reason: 'a number is asked for and none is given',
    })
  }
  if (domain.vcpuCurrent === domain.vcpus) delete domain.vcpuCurrent
  if (domain.os.loader !== undefined && domain.os.loaderType === undefined) {
    domain.os.loaderType = 'rom'
    note(d, 'os/loader/@type', 'rom', {
      rule: 'os/loader',
      reason: 'a loader without a type is read-only memory',
    })
  }
  defaultFlash(domain.os)
  addSecureBoot(d)
  // libvirt's order of what firmware is chosen by.
  domain.os.firmwareFeatures?.sort((a, b) => (a.name < b.name ? -1 : 1))
  if (domain.os.smbiosMode === 'none') delete domain.os.smbiosMode
  // A menu that is not shown waits for nobody.
  if (domain.os.bootmenuEnable !== true) delete domain.os.bootmenuTimeout
  defaultBoot(d)
  defaultClock(d)
  const lifecycle = { rule: 'domain/lifecycle', reason: "libvirt's action where none is given" }
  fillDomain(d, 'onPoweroff', 'destroy', lifecycle)
  fillDomain(d, 'onReboot', 'restart', lifecycle)
  fillDomain(d, 'onCrash', 'destroy', lifecycle)
}

function defaultMachine(d: Defaulting): void {
  const { domain, context } = d
  const { os } = domain
  if (os.arch === undefined) {
    os.arch = context.guest.name
    note(d, 'os/type/@arch', os.arch, {
      rule: 'os/arch',
      reason: 'the architecture that was asked for when the document was defined',
    })
  }
  if (os.machine !== context.machine.name) {
    const reason =
      os.machine === undefined
        ? `${context.arch.machine.default} is the architecture's default machine; its versioned name keeps the guest the same after an upgrade`
        : `${os.machine} is an alias; its versioned name keeps the guest the same after an upgrade`
    os.machine = context.machine.name
    note(d, 'os/type/@machine', os.machine, { rule: 'machine/default', reason, arch: true })
  }
  if (domain.devices.emulator === undefined) {
    domain.devices.emulator = context.emulator
    note(d, 'devices/emulator', context.emulator, {
      rule: 'guest/emulator',
      reason: `the installed QEMU that runs ${context.guest.name}`,
      arch: true,
    })
  }
}

function defaultMemory(d: Defaulting): void {
  const { domain } = d
  wholeBlocks(d)
  const cells = domain.cpu?.numa
  if (cells !== undefined && cells.length > 0) {
    // NUMA cells say where the memory is, so they say how much there is; what is plugged in comes on top.
    domain.memoryKiB = cells.reduce((sum, cell) => sum + cell.memoryKiB, 0) + pluggedKiB(domain)
  }
  if (domain.memoryKiB === undefined) return
  fillDomain(d, 'currentMemoryKiB', domain.memoryKiB, {
    rule: 'memory/current',
    reason: 'the guest starts with all its memory',
  })
  if ((domain.currentMemoryKiB ?? 0) > domain.memoryKiB || domain.currentMemoryKiB === 0) {
    domain.currentMemoryKiB = domain.memoryKiB
    note(d, 'currentMemory', domain.memoryKiB, {
      rule: 'memory/current',
      reason: 'the balloon cannot hold more memory than there is',
    })
  }
}

/** Memory that is kept over a reboot comes in whole blocks where the machine knows no others. */
function wholeBlocks(d: Defaulting): void {
  const step = d.context.profile.nvdimmStepKiB
  if (step === undefined) return
  for (const [i, one] of (d.domain.devices.memory ?? []).entries()) {
    if (one.model !== 'nvdimm') continue
    if (one.uuid === undefined) {
      one.uuid = d.context.fresh.uuid()
      note(d, `devices/memory[${i + 1}]/uuid`, one.uuid, {
        rule: 'memory/nvdimm',
        reason: 'by which the guest tells such memory apart',
        arch: true,
      })
    }
    const label = one.labelSizeKiB ?? 0
    const whole = Math.floor((one.sizeKiB - label) / step) * step + label
    if (whole === one.sizeKiB || whole <= label) continue
    one.sizeKiB = whole
    note(d, `devices/memory[${i + 1}]/target/size`, `${whole} KiB`, {
      rule: 'memory/nvdimm',
      reason: `the machine takes whole blocks of ${step} KiB beside the label`,
      arch: true,
    })
  }
}

/** Memory that is a device counts as the domain's. */
function pluggedKiB({ devices }: Defaulting['domain']): number {
  return (devices.memory ?? [])
    .filter((one) => one.model !== 'sgx-epc')
    .reduce((sum, one) => sum + one.sizeKiB, 0)
}

/** Keys are enrolled for nothing else. */
function addSecureBoot(d: Defaulting): void {
  const features = d.domain.os.firmwareFeatures
  const has = (feature: string): boolean => features?.some(({ name }) => name === feature) === true
  const enrolled = features?.some(({ name, enabled }) => name === 'enrolled-keys' && enabled)
  if (features === undefined || enrolled !== true || has('secure-boot')) return
  features.push({ name: 'secure-boot', enabled: true })
  note(d, 'os/firmware/feature', 'secure-boot', {
    rule: 'firmware/enrolled-keys',
    reason: 'keys are enrolled to boot by them',
  })
}

function defaultBoot(d: Defaulting): void {
  const { os, devices } = d.domain
  const perDevice = bootKinds.some((kind) =>
    devices[kind]?.some(({ bootOrder }) => bootOrder !== undefined),
  )
  if (perDevice || (os.boot !== undefined && os.boot.length > 0)) return
  os.boot = [{ dev: 'hd' }]
  note(d, 'os/boot', 'hd', {
    rule: 'os/boot',
    reason: 'disks boot first when neither <boot> nor a boot order says otherwise',
  })
}

/** What a file is where nothing is said, and a server's usual port. */
function defaultFlash(os: DomainDraft['os']): void {
  if (os.loaderFormat === 'raw') delete os.loaderFormat
  if (os.nvramFormat === 'raw') delete os.nvramFormat
  if (os.nvramSource !== undefined) dropPlainSource(os.nvramSource)
}
