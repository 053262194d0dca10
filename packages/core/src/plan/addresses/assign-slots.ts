import { settle } from '../defaults/defaulting.ts'
import type { Defaulting } from '../defaults/defaulting.ts'
import { modelOf } from '../allow-list.ts'
import { devicesOf } from '../draft.ts'

/** Memory in slots: the lowest free one each; where in the guest's memory is QEMU's affair. */
export function assignMemorySlots(d: Defaulting): void {
  const waiting = devicesOf(d.domain, 'memory').filter(
    (device) => modelOf('memory', device, d.context)?.bus === 'dimm',
  )
  const taken = new Set(
    waiting.flatMap(({ address }) => (address?.type === 'dimm' ? [address.slot] : [])),
  )
  for (const device of waiting) {
    if (device.address !== undefined) continue
    let slot = 0
    while (taken.has(slot)) slot++
    taken.add(slot)
    settle(
      d,
      'memory',
      device,
      { type: 'dimm', slot },
      { rule: 'address/dimm', reason: 'the lowest free memory slot' },
    )
  }
}

/** Smart cards in readers of their own: QEMU's have one slot each (hw/usb/dev-smartcard-reader.c). */
export function assignCardSlots(d: Defaulting): void {
  const cards = devicesOf(d.domain, 'smartcard')
  const taken = new Set(
    cards.flatMap(({ address }) =>
      address?.type === 'ccid' ? [`${address.controller}:${address.slot}`] : [],
    ),
  )
  for (const card of cards) {
    if (card.address !== undefined) continue
    let controller = 0
    while (taken.has(`${controller}:0`)) controller++
    taken.add(`${controller}:0`)
    settle(
      d,
      'smartcard',
      card,
      { type: 'ccid', controller, slot: 0 },
      { rule: 'address/ccid', reason: 'the next card reader that is free' },
    )
  }
}
