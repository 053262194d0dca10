import type { Cpu } from '../domain/cpu.ts'
import type { Domain } from '../domain/domain.ts'
import { DomainError } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { exactCpu } from '../plan/defaults/cpu.ts'
import { capabilityName, namedCapabilities } from '../plan/machine-grants.ts'
import { childrenNamed, elementAt } from '../xml/element.ts'
import type { XmlElement } from '../xml/element.ts'
import { readXml } from '../xml/read-xml.ts'
import { readCpusOf } from './cpu-documents.ts'
import type { MigrationTarget, MigrationVerdict } from './hypervisor.ts'
import { hostDeviceProblem } from './pci/refuse-host-devices.ts'
import type { Plan } from './planner.ts'

/**
 * Judges each host by its own documents: whether it runs the architecture, the machine type and the
 * accelerator, enough vCPUs, the very CPU that the guest has found here, and the capabilities its
 * machine was granted. A guest with a device of this host moves to none.
 */
export function canMigrate(
  plan: Plan,
  hosts: readonly MigrationTarget[],
): readonly MigrationVerdict[] {
  return hosts.map((host) => {
    const judge = new Judge(plan, host)
    const { problems, unknown } = judge
    return { host: host.name, possible: problems.length === 0, problems, unknown }
  })
}

class Judge {
  readonly problems: Problem[] = []
  readonly unknown: string[] = []
  readonly #plan: Plan
  readonly #domain: Domain

  constructor(plan: Plan, host: MigrationTarget) {
    this.#plan = plan
    this.#domain = plan.domain
    let root: XmlElement
    try {
      root = readXml(host.capabilities)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      this.problems.push(...error.problems)
      return
    }
    if (root.name !== 'capabilities') {
      const message = `the document is <${root.name}>; expected the host's <capabilities>`
      this.problems.push({ code: 'ERR_XML_ERROR', place: root.place, message })
      return
    }
    const guest = this.#guest(root)
    if (guest === undefined) return
    this.#machine(guest)
    this.#accelerator(guest)
    const offered = offeredBy(host.domainCapabilities)
    if (this.#domain.type === 'kvm') this.#nativeCpu(root)
    else this.#emulatedCpu(offered)
    this.#capabilities(offered)
    const device = hostDeviceProblem(plan.domain, 'migration')
    if (device !== undefined) this.problems.push(device)
  }

  #refuse(path: string, message: string): void {
    this.problems.push({
      code: path.startsWith('cpu') ? 'ERR_CPU_INCOMPATIBLE' : 'ERR_CONFIG_UNSUPPORTED',
      ...(path !== '' && { path }),
      message,
    })
  }

  /** The host's entry for the domain's architecture. */
  #guest(root: XmlElement): XmlElement | undefined {
    const { name } = this.#plan.context.guest
    const arches = childrenNamed(root, 'guest').flatMap((one) => childrenNamed(one, 'arch'))
    const found = arches.find((one) => one.attributes.get('name') === name)
    if (found === undefined) {
      const names = arches.map((one) => one.attributes.get('name') ?? '')
      this.#refuse('os/type/@arch', `it runs no ${name} guests; it runs: ${words(names)}`)
    }
    return found
  }

  #machine(guest: XmlElement): void {
    const { name } = this.#plan.context.machine
    const machines = childrenNamed(guest, 'machine')
    const found = machines.find((one) => one.text === name)
    if (found === undefined) {
      const family = name.replace(/-[\d.]+$/, '')
      const versions = machines.map((one) => one.text).filter((one) => one.startsWith(family))
      this.#refuse(
        'os/type/@machine',
        `its QEMU has no machine type ${name}; of that family it has: ${words(versions)}`,
      )
      return
    }
    const most = Number(found.attributes.get('maxCpus'))
    if (most < this.#domain.vcpus)
      this.#refuse('vcpu', `it gives ${name} at most ${most} vCPUs, not ${this.#domain.vcpus}`)
  }

  #accelerator(guest: XmlElement): void {
    const types = childrenNamed(guest, 'domain').map((one) => one.attributes.get('type') ?? '')
    if (!types.includes(this.#domain.type))
      this.#refuse('@type', `it offers no '${this.#domain.type}'; it offers: ${words(types)}`)
  }

  /** Under KVM the guest sees the host's processor. */
  #nativeCpu(capabilities: XmlElement): void {
    const cpu = exactCpu(this.#domain, this.#plan.context)
    if (cpu === undefined) return
    let host: Cpu | undefined
    try {
      host = readCpusOf([capabilities])[0]?.cpu
    } catch {
      host = undefined
    }
    if (host?.model === undefined) {
      this.unknown.push('its <capabilities> do not tell the CPU')
      return
    }
    const { arch } = this.#plan.context
    const passthrough = cpu.mode === 'host-passthrough' || cpu.mode === 'maximum'
    const own = passthrough ? arch.cpu.host?.(this.#plan.context.host) : cpu
    if (own === undefined) {
      this.unknown.push('the CPU of this host is not known, and the domain takes it as it is')
      return
    }
    const { result, reason } = arch.cpu.compare(host, own)
    if (result === 'incompatible')
      this.#refuse('cpu', reason ?? `its CPU ${host.model} cannot run it`)
    else if (passthrough && result !== 'identical')
      this.#refuse(
        'cpu/@mode',
        `mode '${cpu.mode ?? ''}' shows the guest the host's own CPU, and its ${host.model} is not the same as ours`,
      )
  }

  /** Under TCG it is QEMU that must know the model. */
  #emulatedCpu(offered: XmlElement | undefined): void {
    const cpu = exactCpu(this.#domain, this.#plan.context)
    if (cpu?.model === undefined) return
    const custom = elementAt(offered, 'cpu')?.children.find(
      (one) => one.attributes.get('name') === 'custom',
    )
    if (custom === undefined) {
      this.unknown.push(
        `whether its QEMU emulates CPU model ${cpu.model}: its <domainCapabilities> are not given`,
      )
      return
    }
    const models = childrenNamed(custom, 'model').map((one) => one.text)
    if (!models.includes(cpu.model))
      this.#refuse('cpu/model', `its QEMU emulates no CPU model ${cpu.model}`)
  }

  /** Levels of machine capabilities that the definition names, because it was granted them. */
  #capabilities(offered: XmlElement | undefined): void {
    const { capabilities } = this.#plan.context.arch.machine
    for (const named of namedCapabilities(this.#plan.domain, capabilities)) {
      const { path, level: value } = named
      const feature = capabilityName(named.capability.feature)
      const values = elementAt(offered, 'features', feature, 'enum')?.children.map(
        (one) => one.text,
      )
      if (values === undefined)
        this.unknown.push(`whether it grants ${feature} '${value}': it does not tell`)
      else if (!values.includes(value))
        this.#refuse(path, `it does not grant '${value}'; it grants: ${words(values)}`)
    }
  }
}

function offeredBy(domainCapabilities: string | undefined): XmlElement | undefined {
  if (domainCapabilities === undefined) return undefined
  try {
    const root = readXml(domainCapabilities)
    return root.name === 'domainCapabilities' ? root : undefined
  } catch {
    return undefined
  }
}

function words(names: readonly string[]): string {
  return names.length === 0 ? 'none' : [...new Set(names)].join(', ')
}
