import { explainFailure } from './command-error.ts'
import type { Options, OptionSpec } from './command.ts'
import { domainError, printable } from './core.ts'
import type { DomainCapabilitiesOptions } from './core.ts'
import { text } from './option-specs.ts'

const virtTypes = ['kvm', 'qemu'] as const

/** Options by which a command names one emulator; the words differ from command to command. */
export function emulatorOptions(
  names: { readonly emulator: string; readonly archHelp: string } = {
    emulator: 'emulator',
    archHelp: 'CPU architecture (/domain/os/type/@arch)',
  },
): readonly OptionSpec[] {
  return [
    text('virttype', 'virtualization type (/domain/@type)', virtTypes),
    text(names.emulator, 'path to emulator binary (/domain/devices/emulator)'),
    text('arch', names.archHelp, 'arch'),
    text('machine', 'machine type (/domain/os/type/@machine)'),
  ]
}

/**
 * What those options say.
 *
 * @throws CommandError that starts with `failure`, where there is no such virtualization type.
 */
export async function readEmulatorOptions(
  options: Options,
  failure: string,
  emulatorName = 'emulator',
): Promise<DomainCapabilitiesOptions> {
  const virtType = options.text('virttype')
  const emulator = options.text(emulatorName)
  const arch = options.text('arch')
  const machine = options.text('machine')
  const known = virtTypes.find((one) => one === virtType)
  if (virtType !== undefined && known === undefined) {
    const unknown = domainError('ERR_INVALID_ARG', `unknown virttype: ${printable(virtType)}`)
    return explainFailure(failure, Promise.reject(unknown), {
      hint: `offered: ${virtTypes.join(', ')}`,
    })
  }
  return {
    ...(known !== undefined && { virtType: known }),
    ...(emulator !== undefined && { emulator }),
    ...(arch !== undefined && { arch }),
    ...(machine !== undefined && { machine }),
  }
}
