import type { Problem } from '../../errors.ts'
import { quote } from '../../errors.ts'
import { hasDriver } from '../allow-list.ts'
import { bootWords } from '../boot-words.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import type { PlanContext } from '../plan-context.ts'

/** What a domain asks of its platform beside devices: memory encryption, key wrapping, sysinfo. */
export function checkPlatform(domain: AddressedDomain, context: PlanContext): Problem[] {
  const problems: Problem[] = []
  const add = (path: string, message: string, code: Problem['code'] = 'ERR_CONFIG_UNSUPPORTED') =>
    void problems.push({ code, path, message })
  const offers = context.profile.offers ?? []
  const shown = (what: string): string =>
    `${what} is not offered on ${context.guest.name} machine ${context.machine.name}`
  if (domain.keywrap !== undefined && !offers.includes('keywrap'))
    add('keywrap', shown('key wrapping'))
  const { launchSecurity } = domain
  if (launchSecurity !== undefined) {
    const { type } = launchSecurity
    if (!offers.includes(`launch-security:${type}`))
      add('launchSecurity/@type', shown(`launch security '${type}'`))
    else if (!hasObject(`${type}-guest`, context))
      add(
        'launchSecurity/@type',
        `QEMU at ${context.emulator} was built without '${type}-guest', or the host's processor lacks it`,
      )
  }
  loadparms(domain, context, add)
  if (domain.genid !== undefined && !hasDriver('vmgenid', context))
    add('genid', shown('a generation id'))
  for (const [i, one] of (domain.sysinfo ?? []).entries()) {
    const date = one.bios?.find(({ name }) => name === 'date')?.value
    if (date !== undefined && !/^\d{2}\/\d{2}\/(?:\d{2}|\d{4})$/.test(date))
      add(
        `sysinfo[${i + 1}]/bios/entry`,
        `${quote(date)} is no date of SMBIOS: month/day/year, as 12/31/2023`,
        'ERR_XML_ERROR',
      )
    if ((one.baseBoards ?? []).length > 1)
      add(`sysinfo[${i + 1}]/baseBoard[2]`, 'QEMU tells of one base board')
  }
  if (domain.memtune?.minGuaranteeKiB !== undefined)
    add(
      'memtune/min_guarantee',
      'QEMU guarantees no memory; use <hard_limit>, or lock the guest’s memory',
    )
  for (const [i, label] of (domain.seclabels ?? []).entries())
    if (label.type === 'dynamic' && label.relabel === false)
      add(`seclabel[${i + 1}]/@relabel`, `a 'dynamic' label relabels what it is for`)
  sysinfo(domain, add)
  return problems
}

/** Recordings of old may lack the list of objects. */
function hasObject(type: string, { capabilities }: PlanContext): boolean {
  return (capabilities.objects ?? capabilities.devices).includes(type)
}

/** Words for the boot loader, where the platform hands them on. */
function loadparms(
  domain: AddressedDomain,
  context: PlanContext,
  add: (path: string, message: string, code?: Problem['code']) => void,
): void {
  if (context.profile.offers?.includes('loadparm') !== true) return
  for (const { path, loadparm, order } of bootWords(domain)) {
    if (!/^[A-Z0-9. ]{1,8}$/.test(loadparm))
      add(
        `${path}/boot/@loadparm`,
        `${quote(loadparm)} is not a word for the boot loader: 1 to 8 letters, digits, dots and blanks`,
        'ERR_XML_ERROR',
      )
    else if (order === undefined)
      add(`${path}/boot/@order`, 'a device with a loadparm has a boot order', 'ERR_XML_ERROR')
  }
}

function sysinfo(
  domain: AddressedDomain,
  add: (path: string, message: string, code?: Problem['code']) => void,
): void {
  for (const [i, one] of (domain.sysinfo ?? []).entries()) {
    const path = `sysinfo[${i + 1}]`
    const uuid = one.system?.find((entry) => entry.name === 'uuid')?.value
    if (
      uuid !== undefined &&
      uuid.replaceAll('-', '').toLowerCase() !== domain.uuid.replaceAll('-', '')
    )
      add(
        `${path}/system/entry`,
        `the uuid ${quote(uuid)} is not the domain's, ${domain.uuid}`,
        'ERR_XML_ERROR',
      )
    for (const [n, entry] of (one.entries ?? []).entries()) {
      const at = `${path}/entry[${n + 1}]`
      if (!/^opt\/(?!ovmf|org\.qemu)/.test(entry.name ?? ''))
        add(
          `${at}/@name`,
          `${quote(entry.name ?? '')} is not a name of one's own: it begins with opt/, and not with opt/ovmf or opt/org.qemu`,
        )
      if (entry.file === undefined && (entry.value ?? '') === '')
        add(at, 'an entry has a file, or text', 'ERR_XML_ERROR')
    }
  }
}
