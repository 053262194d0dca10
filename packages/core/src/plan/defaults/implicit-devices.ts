import { copy } from '../copy.ts'
import { addDevice, noteDevice } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import { appendController } from './controllers.ts'
import { devicesOf } from '../draft.ts'
import type { DeviceDraft, DomainDraft } from '../draft.ts'
import type { DeviceKind } from '../../domain/devices.ts'
import type { ImplicitDevice } from '../../arch/machine-builder.ts'

/** Adds what the board always has, from the profile's table, where the document does not say. */
export function addImplicitDevices(d: Defaulting): void {
  const { domain, context } = d
  const displays = devicesOf(domain, 'graphics').length > 0
  for (const implicit of context.profile.implicit) {
    if (implicit.when === 'graphics' && !displays) continue
    if (isThere(domain, implicit)) continue
    const why = {
      rule: `machine/${context.profile.name}/implicit-devices`,
      reason: implicit.reason,
      arch: true,
    }
    if (implicit.kind === 'controller') {
      const controller = copy(implicit.device) as DeviceDraft<'controller'>
      const at = appendController(domain, controller)
      noteDevice(d, 'controller', at, controller, why)
    } else {
      addDevice(d, implicit.kind, copy(implicit.device) as DeviceDraft<DeviceKind> as never, why)
    }
  }
}

/** Does the document already say something about this device? */
function isThere(domain: DomainDraft, implicit: ImplicitDevice): boolean {
  switch (implicit.kind) {
    case 'controller': {
      const { type, index } = implicit.device
      return devicesOf(domain, 'controller').some(
        (c) => c.type === type && (c.index ?? 0) === index,
      )
    }
    case 'input': {
      const { type, bus } = implicit.device
      return devicesOf(domain, 'input').some(
        (i) => i.bus === bus && (i.type === type || (type === 'mouse' && i.type === 'tablet')),
      )
    }
    case 'panic':
      return devicesOf(domain, 'panic').some(
        (p) => p.model === undefined || p.model === implicit.device.model,
      )
    default:
      return devicesOf(domain, implicit.kind).length > 0
  }
}
