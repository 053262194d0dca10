import type { BootDevice } from '../domain/os.ts'
import type { ValidDomain } from '../plan/validate-domain.ts'
import type { ArgvContext, Argument } from './argv-context.ts'
import { keyValueOption } from './option-string.ts'

/**
 * Turns `<boot dev='…'/>` into an order on devices, which is what QEMU's firmware honours: the
 * first disk, CD-ROM, floppy or card of each kind gets the turn of its word.
 */
export function withBootOrder(domain: ValidDomain): ValidDomain {
  const words = domain.os.boot ?? []
  if (words.length === 0) return domain
  const { disk: disks = [], interface: nics = [] } = domain.devices
  const turnOf = (word: BootDevice): number | undefined => {
    // Of a word that stands twice, the last one counts.
    const at = words.findLastIndex((boot) => boot.dev === word)
    return at === -1 ? undefined : at + 1
  }
  const first = {
    hd: disks.find((disk) => disk.device === 'disk' || disk.device === 'lun'),
    cdrom: disks.find((disk) => disk.device === 'cdrom'),
    fd: disks.find((disk) => disk.device === 'floppy'),
  }
  const withTurn = <T extends object>(device: T, turn: number | undefined): T =>
    turn === undefined ? device : { ...device, bootOrder: turn }
  return {
    ...domain,
    devices: {
      ...domain.devices,
      ...(disks.length > 0 && {
        disk: disks.map((disk) => {
          const word = (['hd', 'cdrom', 'fd'] as const).find((one) => first[one] === disk)
          return word === undefined ? disk : withTurn(disk, turnOf(word))
        }),
      }),
      ...(nics.length > 0 && {
        interface: nics.map((nic, i) => (i === 0 ? withTurn(nic, turnOf('network')) : nic)),
      }),
    },
  }
}

export function bootArguments({ domain }: ArgvContext): Argument[] {
  const { bootmenuEnable, bootmenuTimeout, biosRebootTimeout } = domain.os
  return [
    [
      '-boot',
      keyValueOption('', {
        menu: bootmenuEnable,
        'splash-time': bootmenuEnable === true ? bootmenuTimeout : undefined,
        'reboot-timeout': biosRebootTimeout,
        strict: true,
      }),
    ],
  ]
}
