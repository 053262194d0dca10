import type { Tpm } from '../../domain/devices/tpm.ts'
import { placeOptions, offeredModel } from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption, keyValueOption } from '../option-string.ts'
import { chardevArgument } from './chardev-argv.ts'

/** Trusted platform modules: swtpm by its socket, or the host's own device. */
export function tpmArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.tpm ?? []).flatMap((tpm): Argument[] => {
    const alias = tpm.alias ?? ''
    const id = `tpm-${alias}`
    const { driver } = offeredModel(context, 'tpm', tpm)
    if (tpm.model === 'spapr-tpm-proxy') {
      return [['-device', jsonOption({ driver, id: alias, 'host-path': tpm.device })]]
    }
    return [
      ...backend(context, tpm, id),
      [
        '-device',
        jsonOption({
          driver,
          tpmdev: id,
          id: alias,
          ...placeOptions(tpm, context.domain),
        }),
      ],
    ]
  })
}

function backend(context: ArgvContext, tpm: Tpm, id: string): Argument[] {
  if (tpm.backend === 'passthrough') {
    const cancel = '/dev/fdset/1'
    const path = context.runtime.tpmDevice ?? '/dev/fdset/0'
    return [['-tpmdev', keyValueOption('passthrough', { id, path, 'cancel-path': cancel })]]
  }
  const path = tpm.backend === 'external' ? tpm.sourcePath : tpmSocket(context)
  return [
    chardevArgument('chrtpm', {
      type: 'unix',
      sources: [{ mode: 'connect', ...(path !== undefined && { path }) }],
    }),
    ['-tpmdev', keyValueOption('emulator', { id, chardev: 'chrtpm' })],
  ]
}

/** Where swtpm listens for this run. */
export function tpmSocket({ runtime }: ArgvContext): string {
  return `${runtime.paths.stateDir}/swtpm.sock`
}
