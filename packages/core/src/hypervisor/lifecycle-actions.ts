import type { Domain } from '../domain/domain.ts'

/** What QEMU does by itself when the guest stops: QMP `set-action` (QEMU 6.0 and later). */
export interface LifecycleActions {
  readonly shutdown: 'poweroff' | 'pause'
  readonly reboot: 'reset' | 'shutdown'
  readonly panic: 'pause' | 'shutdown' | 'none'
}

/**
 * libvirt's daemon watches each guest and acts when it stops. Here nobody watches: QEMU is told
 * beforehand, so a guest that powers off is gone at once, whether anything of polyvirt runs or not.
 * What QEMU cannot do alone (start a guest again) waits, paused, for the next command.
 */
export function lifecycleActions(domain: Domain): LifecycleActions {
  const keeps = domain.onPoweroff === 'preserve' || domain.onPoweroff === 'restart'
  const crash = domain.onCrash ?? 'destroy'
  return {
    shutdown: keeps ? 'pause' : 'poweroff',
    reboot: domain.onReboot === 'destroy' || domain.onReboot === 'preserve' ? 'shutdown' : 'reset',
    panic: crash === 'destroy' ? 'shutdown' : 'pause',
  }
}
