import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isOnMacvtap } from '../domain/devices/interface.ts'
import type { Domain } from '../domain/domain.ts'
import { DomainError, quote, unsupported } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { isPlainSecurity } from '../plan/launch-security.ts'
import { certificatesDir } from '../qemu/devices/tls-argv.ts'
import { realSysfs } from '../run/sysfs.ts'
import type { Sysfs } from '../run/sysfs.ts'
import { findLockProblems } from './pci/find-lock-problems.ts'
import { findPciProblems } from './pci/find-pci-problems.ts'

/**
 * What a start would need of the host and polyvirt cannot give yet, or the host has not: said by
 * name before anything is started.
 *
 * @throws DomainError `ERR_CONFIG_UNSUPPORTED` or `ERR_OPERATION_FAILED` with all of it.
 */
export function checkNeeds(domain: Domain, sysfs: Sysfs = realSysfs): void {
  const problems: Problem[] = [
    ...networks(domain),
    ...images(domain),
    ...hostDevices(domain, sysfs),
    ...scsiUnits(domain),
    ...screens(domain),
    ...others(domain),
  ]
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
}

function networks({ devices }: Domain): Problem[] {
  return (devices.interface ?? []).flatMap((nic, i): Problem[] => {
    const path = `devices/interface[${i + 1}]`
    const found: Problem[] = []
    for (const word of ['vlan', 'virtualport'] as const)
      if (isOnMacvtap(nic) && nic[word] !== undefined)
        found.push(
          unsupported(
            `${path}/${word}`,
            `a macvtap's switch is not told of <${word}>; leave it out${word === 'vlan' ? ', and name a VLAN device of the host as its source' : ''}`,
          ),
        )
    if ((nic.script ?? '') !== '' || nic.downscript !== undefined)
      found.push(
        unsupported(`${path}/script`, 'scripts are not run; plug the tap into a bridge instead'),
      )
    return found
  })
}

function images({ os, devices }: Domain): Problem[] {
  const { auth, encryption, tls } = os.nvramSource ?? {}
  const secret = auth ?? encryption ?? (tls === true || undefined)
  const flash =
    secret === undefined
      ? []
      : [unsupported('os/nvram/source', 'variables behind a secret or TLS are not opened yet')]
  const disks = (devices.disk ?? []).flatMap((disk, i): Problem[] => {
    const path = `devices/disk[${i + 1}]`
    const found: Problem[] = []
    const { source } = disk
    if (source?.tls === true) found.push(...certificates(source.protocol, `${path}/source/@tls`))
    if (source?.fdgroup !== undefined)
      found.push(
        unsupported(
          `${path}/source/@fdgroup`,
          'nobody hands over descriptors here, disks are opened by their paths; leave fdgroup out',
        ),
      )
    if (source?.reservations !== undefined && source.reservations.managed !== false)
      found.push(
        unsupported(
          `${path}/source/reservations/@managed`,
          `qemu-pr-helper is not started yet; run one and name its socket: managed='no'`,
        ),
      )
    return found
  })
  return [...flash, ...disks]
}

/** QEMU trusts no server that nobody vouches for. */
function certificates(protocol: string | undefined, path: string): Problem[] {
  if (protocol !== 'nbd')
    return [unsupported(path, `QEMU has TLS for disks behind nbd; take tls='yes' out`)]
  const authority = join(certificatesDir, 'ca-cert.pem')
  if (existsSync(authority)) return []
  const message = `TLS needs the certificate of whoever vouches for the server, ${authority}, and client-cert.pem with client-key.pem beside it where the server wants to know its clients`
  return [{ code: 'ERR_OPERATION_FAILED', path, message }]
}

/** PCI devices of the host; what a guest with them would need is said where it can have them. */
function hostDevices(domain: Domain, sysfs: Sysfs): Problem[] {
  const problems = findPciProblems(domain, sysfs)
  return problems.length > 0 ? problems : findLockProblems(domain, sysfs)
}

/** SCSI units of the host have no node of their own here. */
function scsiUnits({ devices }: Domain): Problem[] {
  return (devices.hostdev ?? []).flatMap((one, i): Problem[] =>
    one.type === 'scsi' && one.protocol !== 'iscsi'
      ? [
          unsupported(
            `devices/hostdev[${i + 1}]`,
            `SCSI units of the host are not looked up yet; use <disk type='block' device='lun'>`,
          ),
        ]
      : [],
  )
}

/** A card that draws in 3D has a display that does it for it, also where QEMU is told of it by its own words. */
function screens({ devices, qemuArgs = [] }: Domain): Problem[] {
  const hasGl =
    qemuArgs.length > 0 ||
    devices.graphics?.some(({ type, glEnable }) => type === 'egl-headless' || glEnable === true)
  if (hasGl === true) return []
  return (devices.video ?? []).flatMap((video, i): Problem[] =>
    video.model === 'virtio' && video.accel3d === true
      ? [
          unsupported(
            `devices/video[${i + 1}]/model/acceleration/@accel3d`,
            `no display draws with GL; write <gl enable='yes'/> into a 'spice', 'sdl' or 'dbus' one, add <graphics type='egl-headless'/>, or use accel3d='no'`,
          ),
        ]
      : [],
  )
}

function others(domain: Domain): Problem[] {
  const found: Problem[] = []
  const { devices } = domain
  for (const [i, label] of (domain.seclabels ?? []).entries()) {
    if (label.type !== 'static') continue
    found.push(
      unsupported(
        `seclabel[${i + 1}]/@type`,
        `no security driver is there to give QEMU the label it must have; use type='none'`,
      ),
    )
  }
  for (const [i, tpm] of (devices.tpm ?? []).entries()) {
    if (tpm.backend === 'passthrough')
      found.push(
        unsupported(
          `devices/tpm[${i + 1}]/backend/@type`,
          `the host's TPM is not handed over yet; use backend type='emulator'`,
        ),
      )
  }
  if (domain.launchSecurity !== undefined && !isPlainSecurity(domain))
    found.push(unsupported('launchSecurity', 'encrypted guests are not started yet'))
  for (const [i, one] of (devices.lease ?? []).entries()) {
    found.push(
      unsupported(
        `devices/lease[${i + 1}]`,
        `no lock manager holds ${quote(one.key)} for the guest`,
      ),
    )
  }
  return found
}
