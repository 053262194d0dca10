import type { Problem } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import type { PlanContext } from '../plan-context.ts'

/** QEMU's MIN_NAMESPACE_LABEL_SIZE (include/hw/mem/nvdimm.h), in KiB. */
const minimumLabelKiB = 128

/** What memory devices need of the domain: slots, room to grow, and a node to belong to. */
export function checkMemoryDevices(domain: AddressedDomain, { profile }: PlanContext): Problem[] {
  const devices = (domain.devices.memory ?? []).map((device, i) => ({
    device,
    path: `devices/memory[${i + 1}]`,
  }))
  const problems: Problem[] = []
  const add = (path: string, message: string, code: Problem['code'] = 'ERR_CONFIG_UNSUPPORTED') =>
    void problems.push({ code, path, message })
  const { maxMemoryKiB, maxMemorySlots, memoryKiB } = domain
  const cells = domain.cpu?.numa ?? []
  if (maxMemoryKiB !== undefined && maxMemoryKiB < memoryKiB)
    add(
      'maxMemory',
      `${maxMemoryKiB} KiB is less than the ${memoryKiB} KiB of <memory>`,
      'ERR_XML_ERROR',
    )
  if (maxMemoryKiB !== undefined && maxMemorySlots === undefined)
    add('maxMemory/@slots', 'a number of slots is needed to plug memory into', 'ERR_XML_ERROR')
  if (maxMemorySlots !== undefined && cells.length === 0 && profile.plugsWithoutCells !== true)
    add('cpu/numa', 'memory is plugged into a NUMA cell; describe at least one in <cpu><numa>')
  const plugged = devices.filter(({ device }) => device.model !== 'sgx-epc')
  const [first] = plugged
  if (devices[0] !== undefined && maxMemoryKiB === undefined)
    add(devices[0].path, `memory devices need <maxMemory slots='…'>: room for what is plugged in`)
  if (maxMemorySlots !== undefined && plugged.length > maxMemorySlots)
    add(
      plugged[maxMemorySlots]?.path ?? 'maxMemory',
      `${plugged.length} memory devices are more than the ${maxMemorySlots} slots of <maxMemory>`,
    )
  const total = plugged.reduce((sum, { device }) => sum + device.sizeKiB, 0)
  if (first !== undefined && total > memoryKiB)
    add(
      first.path,
      `memory devices of ${total} KiB are more than the ${memoryKiB} KiB of <memory>`,
      'ERR_XML_ERROR',
    )
  for (const { device, path } of devices) {
    const { model, node } = device
    if (node !== undefined && cells.every((cell) => cell.id !== node))
      add(`${path}/target/node`, `there is no NUMA cell ${node}`)
    if (node === undefined && model !== 'virtio-pmem' && model !== 'sgx-epc' && cells.length > 0)
      add(`${path}/target/node`, `a '${model}' belongs to a NUMA cell; name it`)
    if ((model === 'nvdimm' || model === 'virtio-pmem') && device.path === undefined)
      add(`${path}/source/path`, `a '${model}' is a file; name it`, 'ERR_XML_ERROR')
    if (model === 'virtio-pmem' && device.access === 'private')
      add(`${path}/@access`, `what the guest writes goes to the file: access='shared'`)
    if (model === 'virtio-mem' && device.requestedKiB === undefined)
      add(
        `${path}/target/requested`,
        `a 'virtio-mem' says how much of it the guest gets`,
        'ERR_XML_ERROR',
      )
    if (model === 'virtio-mem' && (device.requestedKiB ?? 0) > device.sizeKiB)
      add(
        `${path}/target/requested`,
        `${device.requestedKiB} KiB are more than its ${device.sizeKiB} KiB`,
      )
    const block = device.blockKiB
    if (
      model === 'virtio-mem' &&
      block !== undefined &&
      (block === 0 || device.sizeKiB % block !== 0 || (device.requestedKiB ?? 0) % block !== 0)
    )
      add(`${path}/target/block`, `sizes are multiples of the block, ${block} KiB`)
    if (device.labelSizeKiB !== undefined && device.labelSizeKiB < minimumLabelKiB)
      add(
        `${path}/target/label`,
        `a label area has at least ${minimumLabelKiB} KiB, not ${device.labelSizeKiB}`,
      )
    if (device.labelSizeKiB !== undefined && device.labelSizeKiB >= device.sizeKiB)
      add(`${path}/target/label`, 'the label area leaves no room in the device')
  }
  return problems
}
