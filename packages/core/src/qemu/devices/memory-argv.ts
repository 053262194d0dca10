import type { MemoryDevice } from '../../domain/devices/memory-device.ts'
import { sharedMemory } from '../../domain/devices/shmem.ts'
import type { Shmem } from '../../domain/devices/shmem.ts'
import { placeOptions, offeredModel } from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { memoryBackend } from '../memory-backend.ts'
import { jsonOption } from '../option-string.ts'
import { chardevArgument } from './chardev-argv.ts'

/** Memory that is a device, and what backs it. */
export function memoryDeviceArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.memory ?? []).flatMap((one) => memoryDevice(context, one))
}

function memoryDevice(context: ArgvContext, one: MemoryDevice): Argument[] {
  // Enclave memory belongs to the machine: see the architecture's effects.
  const alias = one.alias ?? ''
  const memdev = `mem${alias}`
  const { domain } = context
  const { driver } = offeredModel(context, 'memory', one)
  const backend = memoryBackend(context, { id: memdev, sizeKiB: one.sizeKiB, device: one })
  const args: Argument[] = [['-object', jsonOption(backend)]]
  if (one.model === 'sgx-epc') return args
  const slot =
    one.address?.type === 'dimm' ? { slot: one.address.slot, addr: one.address.base } : {}
  args.push([
    '-device',
    jsonOption({
      driver,
      node: one.node,
      'label-size': bytes(one.labelSizeKiB),
      'block-size': bytes(one.blockKiB),
      'requested-size': bytes(one.requestedKiB),
      uuid: one.uuid,
      unarmed: one.readonly === true ? true : undefined,
      memdev,
      id: alias,
      ...slot,
      ...placeOptions(one, domain),
    }),
  ])
  return args
}

function bytes(kib: number | undefined): number | undefined {
  return kib === undefined ? undefined : kib * 1024
}

/** Memory shared between guests: a file of shared memory, or a server that hands it out. */
export function shmemArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.shmem ?? []).flatMap((one) => shmem(context, one))
}

function shmem(context: ArgvContext, one: Shmem): Argument[] {
  const id = one.alias ?? ''
  const { driver } = offeredModel(context, 'shmem', one)
  const address = placeOptions(one, context.domain)
  const master = one.role === undefined ? undefined : one.role === 'master' ? 'on' : 'off'
  if (one.model === 'ivshmem-doorbell') {
    const path = one.serverPath ?? `/var/lib/libvirt/shmem-${one.name}-sock`
    return [
      chardevArgument(`char${id}`, { type: 'unix', sources: [{ mode: 'connect', path }] }),
      [
        '-device',
        jsonOption({
          driver,
          id,
          chardev: `char${id}`,
          vectors: one.msiVectors,
          // QEMU's own default, and libvirt's.
          ioeventfd: one.msiIoeventfd ?? true,
          master,
          ...address,
        }),
      ],
    ]
  }
  const memdev = `shmmem-${id}`
  const { file, bytes } = sharedMemory(one)
  return [
    [
      '-object',
      jsonOption({
        'qom-type': 'memory-backend-file',
        id: memdev,
        'mem-path': file,
        size: bytes,
        share: true,
      }),
    ],
    ['-device', jsonOption({ driver, id, memdev, master, ...address })],
  ]
}
