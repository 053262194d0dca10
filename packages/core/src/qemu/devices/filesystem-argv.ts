import type { Filesystem } from '../../domain/devices/filesystem.ts'
import { placeOptions, driverName, offeredModel, virtioOptions } from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption, keyValueOption } from '../option-string.ts'
import { chardevArgument } from './chardev-argv.ts'

/** Folders of the host: by 9p, or by a virtiofs daemon's socket. */
export function filesystemArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.filesystem ?? []).flatMap((one) =>
    one.driverType === 'virtiofs' ? virtiofs(context, one) : plan9(context, one),
  )
}

function plan9(context: ArgvContext, one: Filesystem): Argument[] {
  const alias = one.alias ?? ''
  const fsdev = `fsdev-${alias}`
  const model = offeredModel(context, 'filesystem', one)
  const options = keyValueOption('local', {
    security_model: securityModels[one.accessmode ?? 'passthrough'],
    multidevs: one.multidevs === 'default' ? undefined : one.multidevs,
    fmode: one.fmode,
    dmode: one.dmode,
    writeout: one.wrpolicy,
    id: fsdev,
    path: one.sourceDir,
  })
  return [
    ['-fsdev', one.readonly === true ? `${options},readonly` : options],
    [
      '-device',
      jsonOption({
        driver: driverName(model, one.model),
        id: alias,
        fsdev,
        mount_tag: one.target,
        ...virtioOptions(one),
        ...placeOptions(one, context.domain),
      }),
    ],
  ]
}

/** QEMU's names of libvirt's access modes. */
const securityModels = { passthrough: 'passthrough', mapped: 'mapped', squash: 'none' } as const

/** The socket of the daemon that a start brings up for a folder; libvirt's name. */
export function virtiofsSocket(stateDir: string, { alias = '' }: Filesystem): string {
  return `${stateDir}/${alias}-fs.sock`
}

function virtiofs(context: ArgvContext, one: Filesystem): Argument[] {
  const alias = one.alias ?? ''
  const chardev = `chr-vu-${alias}`
  const path = one.sourceSocket ?? virtiofsSocket(context.runtime.paths.stateDir, one)
  const model = offeredModel(context, 'filesystem', one)
  const [, value] = chardevArgument(chardev, {
    type: 'unix',
    sources: [{ mode: 'connect', path }],
  })
  return [
    ['-chardev', value ?? ''],
    [
      '-device',
      jsonOption({
        driver: driverName(model, one.model),
        id: alias,
        chardev,
        'queue-size': one.queueSize,
        tag: one.target,
        ...virtioOptions(one),
        bootindex: one.bootOrder,
        ...placeOptions(one, context.domain),
      }),
    ],
  ]
}
