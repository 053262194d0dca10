import type { Domain } from '../domain/domain.ts'
import type { Problem } from '../errors.ts'
import { devicePath, note } from './defaults/defaulting.ts'
import type { Defaulting } from './defaults/defaulting.ts'
import { devicesOf } from './draft.ts'
import type { PlanContext } from './plan-context.ts'

/** Devices that a guest boots from. */
export const bootKinds = ['disk', 'interface', 'hostdev', 'redirdev', 'filesystem'] as const

/** A device's word for the boot loader. */
export interface BootWord {
  readonly path: string
  readonly loadparm: string
  readonly order?: number
}

export function bootWords(domain: Domain): readonly BootWord[] {
  return bootKinds.flatMap((kind) =>
    (domain.devices[kind] ?? []).flatMap(({ bootLoadparm, bootOrder }, i): readonly BootWord[] =>
      bootLoadparm === undefined
        ? []
        : [
            {
              path: devicePath(kind, i),
              loadparm: bootLoadparm,
              ...(bootOrder !== undefined && { order: bootOrder }),
            },
          ],
    ),
  )
}

/** Boot loaders read capitals. */
export function defaultBootWords(d: Defaulting): void {
  if (d.context.profile.offers?.includes('loadparm') !== true) return
  for (const kind of bootKinds) {
    for (const [i, device] of devicesOf(d.domain, kind).entries()) {
      const upper = device.bootLoadparm?.toUpperCase()
      if (upper === undefined || upper === device.bootLoadparm) continue
      device.bootLoadparm = upper
      note(d, devicePath(kind, i, 'bootLoadparm'), upper, {
        rule: 'boot/loadparm',
        reason: 'the boot loader reads capitals',
      })
    }
  }
}

/** The word of the first device in the boot order: what the machine is told. */
export function machineLoadparm(domain: Domain, { profile }: PlanContext): string | undefined {
  if (profile.offers?.includes('loadparm') !== true) return undefined
  return bootWords(domain).toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))[0]?.loadparm
}

/** Where the platform hands no words on, the document keeps them and nobody hears them. */
export function unheardBootWords(
  domain: Domain,
  { profile, guest }: PlanContext,
): readonly Problem[] {
  if (profile.offers?.includes('loadparm') === true) return []
  return bootWords(domain).map(({ path }) => ({
    code: 'ERR_CONFIG_UNSUPPORTED',
    path: `${path}/boot/@loadparm`,
    message: `no boot loader of ${guest.name} reads a loadparm; it is kept and has no effect`,
  }))
}
