import { namesVariables } from '../domain/firmware-variables.ts'
import type { FlashFormat } from '../domain/os.ts'
import type { Domain } from '../domain/domain.ts'
import type { Argument, ArgvContext } from './argv-context.ts'
import { blockSource } from './devices/block-source.ts'
import { jsonOption, keyValueOption } from './option-string.ts'
import type { Options } from './option-string.ts'

/** Only the firmware itself, in system management mode, may write to flash. */
export function secureFlash({ domain }: ArgvContext): Argument[] {
  return domain.os.loaderSecure === true
    ? [['-global', 'driver=cfi.pflash01,property=secure,value=on']]
    : []
}

function isInFlash({ os }: Domain): boolean {
  return os.loader !== undefined && os.loaderType === 'pflash'
}

/** What a machine is told of its flash: the nodes that hold the firmware and its variables. */
export function flashOptions(domain: Domain): Options {
  if (!isInFlash(domain)) return {}
  return {
    pflash0: formatNode(0),
    pflash1: namesVariables(domain.os) ? formatNode(1) : undefined,
  }
}

/** What boots: the firmware's files, a kernel, and what they are handed. */
export function firmwareArguments({ domain }: ArgvContext): Argument[] {
  const { os } = domain
  const args: Argument[] = []
  if (os.loader !== undefined && !isInFlash(domain)) args.push(['-bios', os.loader])
  if (os.kernel !== undefined) args.push(['-kernel', os.kernel])
  if (os.initrd !== undefined) args.push(['-initrd', os.initrd])
  if (os.cmdline !== undefined && os.cmdline !== '') args.push(['-append', os.cmdline])
  if (os.dtb !== undefined) args.push(['-dtb', os.dtb])
  if (os.acpiTable !== undefined)
    args.push(['-acpitable', keyValueOption('', { sig: 'SLIC', file: os.acpiTable })])
  if (!isInFlash(domain)) return args
  args.push(
    ...flashNodes(0, file(os.loader), {
      isReadonly: os.loaderReadonly === true,
      format: os.loaderFormat,
    }),
  )
  if (namesVariables(os)) {
    const { nvramType: type = 'file', nvramSource: source, nvramFormat: format } = os
    const held =
      source === undefined
        ? file(os.nvram)
        : blockSource({ type, source, disk: { device: 'disk' }, node: 1 })
    args.push(...flashNodes(1, held, { isReadonly: false, format }))
  }
  return args
}

const file = (filename: string | undefined): Options => ({ driver: 'file', filename })

const formatNode = (unit: number): string => `libvirt-pflash${unit}-format`

function flashNodes(
  unit: number,
  held: Options,
  {
    isReadonly,
    format,
  }: { readonly isReadonly: boolean; readonly format: FlashFormat | undefined },
): Argument[] {
  const storage = `libvirt-pflash${unit}-storage`
  return [
    [
      '-blockdev',
      jsonOption({ ...held, 'node-name': storage, 'auto-read-only': true, discard: 'unmap' }),
    ],
    [
      '-blockdev',
      jsonOption({
        'node-name': formatNode(unit),
        'read-only': isReadonly,
        driver: format ?? 'raw',
        file: storage,
      }),
    ],
  ]
}
