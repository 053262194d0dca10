import type { RedirRule } from '../../domain/devices/redirdev.ts'
import type { Smartcard } from '../../domain/devices/smartcard.ts'
import { placeOptions, controllerAlias, offeredModel } from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'
import type { Options } from '../option-string.ts'
import { chardevArgument } from './chardev-argv.ts'

/** USB devices of whoever looks at the display. */
export function redirdevArguments(context: ArgvContext): Argument[] {
  const { redirdev = [], redirfilter } = context.domain.devices
  const filter = redirfilter?.rules?.map((rule) => filterText(rule)).join('|')
  return redirdev.flatMap((one): Argument[] => {
    const alias = one.alias ?? ''
    const { driver } = offeredModel(context, 'redirdev', one)
    return [
      chardevArgument(`char${alias}`, one, undefined, 'usbredir'),
      [
        '-device',
        jsonOption({
          driver,
          chardev: `char${alias}`,
          id: alias,
          filter,
          bootindex: one.bootOrder,
          ...placeOptions(one, context.domain),
        }),
      ],
    ]
  })
}

/** `class:vendor:product:version:allow`, -1 for any. */
function filterText({
  class: kind = -1,
  vendor = -1,
  product = -1,
  version = -1,
  allow,
}: RedirRule): string {
  const hex = (n: number, width: number): string =>
    n < 0 ? '-1' : `0x${n.toString(16).toUpperCase().padStart(width, '0')}`
  return [hex(kind, 2), hex(vendor, 4), hex(product, 4), hex(version, 4), allow ? 1 : 0].join(':')
}

/** Smart cards, each in the slot of a CCID reader. */
export function smartcardArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.smartcard ?? []).flatMap((card): Argument[] => {
    const { driver } = offeredModel(context, 'smartcard', card)
    const id = card.alias
    const reader = card.address?.type === 'ccid' ? card.address.controller : 0
    const device = (options: Options): Argument => [
      '-device',
      jsonOption({
        driver,
        ...options,
        id,
        bus: `${controllerAlias(context.domain, 'ccid', reader)}.0`,
      }),
    ]
    if (card.mode !== 'passthrough') return [device(emulated(card))]
    const chardev = `char${id ?? ''}`
    const { type = 'spicevmc' } = card
    return [
      chardevArgument(chardev, { ...card, type }, undefined, 'smartcard'),
      device({ chardev }),
    ]
  })
}

/** The NSS database that QEMU looks into where no other is named. */
const defaultDatabase = '/etc/pki/nssdb'

function emulated(card: Smartcard): Options {
  if (card.mode === 'host') return { backend: 'nss-emulated' }
  const [cert1, cert2, cert3] = card.certificates ?? []
  return { backend: 'certificates', cert1, cert2, cert3, db: card.database ?? defaultDatabase }
}
