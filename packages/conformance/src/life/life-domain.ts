import { claims } from '../claims.ts'
import { planScenario } from '../plan-scenario.ts'
import { domainXml } from '../scenario.ts'
import { machineOf, type Target } from '../target.ts'
import type { Act } from './act.ts'

/** vCPUs that a guest starts with, and those that can be plugged in besides. */
export const firstVcpus = 2
export const spareVcpus = 2

/** Memory that a guest starts with. */
const firstMemoryMiB = 512

/**
 * The same where more is plugged in: what comes behind it begins where a kernel of each architecture can
 * add it. LoongArch's adds blocks of 512 MiB, and QEMU has the RAM beyond the first 256 MiB from such a
 * boundary on.
 */
const firstPluggedMemoryMiB = 768

/** Not every board brings a balloon by itself. */
export const balloon = "<memballoon model='virtio'/>"

/** The agent's channel, and the bus that it is on, where the architecture has them. */
export const agentChannel =
  "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"

/** A bridge stands on a port with a lower number. */
const bridge = ['pcie-root-port', 'pcie-to-pci-bridge']

/**
 * Ports of a PCI Express board: what the definition has takes the first of them, and into what is left
 * can be plugged. A board gets none while its guest runs.
 */
const ports = Array.from({ length: 16 }, () => 'pcie-root-port')

/** Buses behind the root's, numbered: libvirt 9.0 gives the first without a number the root's. */
const buses = (models: readonly string[]): string =>
  models.map((model, at) => `<controller type='pci' index='${at + 1}' model='${model}'/>`).join('')

/** Whether vCPUs can be plugged into a running guest of this machine. */
export const plugsVcpus = (target: Target): boolean => machineOf(target)?.hotpluggableCpus === true

/**
 * Features of a guest whose life is looked at. Boards with ACPI plug by it; where it needs firmware, a
 * kernel that is booted directly has none.
 */
export function lifeFeatures(target: Target): string {
  if (!claims(target, 'feature:acpi')) return ''
  const outcome = planScenario(lifeXml([], target, '<acpi/>'), target)
  const needsFirmware =
    outcome.kind === 'refused' &&
    outcome.error.problems.every(({ path }) => path === 'features/acpi')
  return needsFirmware ? '' : '<acpi/>'
}

/** The document of a guest in which all of these acts can be played. */
export function lifeXml(acts: readonly Act[], target: Target, features: string): string {
  const wants = acts.flatMap((act) => act.wants ?? [])
  const spare = plugsVcpus(target) && wants.some((one) => one.spareVcpus === true)
  const slots =
    claims(target, 'device:memory/dimm') && wants.some((one) => one.memorySlots === true)
  const isExpress =
    target.profile.pci?.root === 'pcie-root' &&
    claims(target, 'device:controller:pci/pcie-root-port')
  const bridged =
    isExpress &&
    claims(target, 'device:controller:pci/pcie-to-pci-bridge') &&
    wants.some((one) => one.conventionalPci === true)
  const total = firstVcpus + (spare ? spareVcpus : 0)
  const mebibytes = slots ? firstPluggedMemoryMiB : firstMemoryMiB
  return domainXml({
    ...(slots ? { head: "  <maxMemory slots='4' unit='MiB'>2048</maxMemory>\n" } : {}),
    memory: `<memory unit='MiB'>${mebibytes}</memory>`,
    vcpu: spare ? `<vcpu current='${firstVcpus}'>${total}</vcpu>` : `<vcpu>${total}</vcpu>`,
    // Memory is plugged into a node.
    ...(slots
      ? {
          cpu: `  <cpu><numa><cell id='0' cpus='0-${total - 1}' memory='${mebibytes}' unit='MiB'/></numa></cpu>\n`,
        }
      : {}),
    ...(features === '' ? {} : { features }),
    devices: [
      ...(isExpress ? [buses([...(bridged ? bridge : []), ...ports])] : []),
      ...new Set(wants.flatMap(({ devices = [] }) => devices)),
    ].join(''),
  })
}
