import type { GuestReport } from '@polyvirt/conformance'
import type { Domain } from '@polyvirt/core/arch'

/** A kernel keeps some memory to itself, but never this much of it. */
const leastUsableMemory = 0.75

/** What a guest's document asked for and the guest did not find, in words; empty when all is there. */
export function checkGuest(domain: Domain, report: GuestReport): readonly string[] {
  const problems: string[] = []
  type Value = string | number | undefined
  const expect = (what: string, asked: Value, found: Value): void => {
    if (asked !== found) problems.push(`${what}: asked for ${asked}, found ${found}`)
  }

  expect('architecture', domain.os.arch, report.kernel.machine)
  expect('vCPUs', domain.vcpuCurrent ?? domain.vcpus, report.vcpus.online.length)

  const askedKiB = domain.memoryKiB ?? 0
  const { totalKiB } = report.memory
  if (totalKiB > askedKiB || totalKiB < askedKiB * leastUsableMemory) {
    problems.push(`memory: asked for ${askedKiB} KiB, found ${totalKiB} KiB`)
  }

  const { disk = [], interface: nics = [], rng = [] } = domain.devices
  const hardDisks = disk.filter(({ device }) => device === 'disk')
  expect('disks', hardDisks.length, report.block.filter((block) => !block.removable).length)
  for (const { target, serial } of hardDisks) {
    if (serial === undefined || report.block.some((block) => block.serial === serial)) continue
    problems.push(`disk ${target}: no disk has the serial ${serial}`)
  }

  expect('NICs', nics.length, report.net.length)
  for (const { mac } of nics) {
    if (mac === undefined || report.net.some((nic) => nic.mac === mac)) continue
    problems.push(`interface: no NIC has the address ${mac}`)
  }

  if (rng.length > 0 && !report.rng.available.some((name) => name.startsWith('virtio_rng'))) {
    problems.push('rng: the kernel has no virtio source of randomness')
  }
  return problems
}
