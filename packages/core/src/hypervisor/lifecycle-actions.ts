import type { CrashAction, Domain, LifecycleAction } from '../domain/domain.ts'

/** What QEMU does by itself when the guest stops: QMP `set-action` (QEMU 6.0 and later). */
export interface LifecycleActions {
  readonly shutdown: 'poweroff' | 'pause'
  readonly reboot: 'reset' | 'shutdown'
  readonly panic: 'pause' | 'shutdown' | 'none'
}

/**
 * libvirt's daemon watches each guest and acts when it stops. Here nobody watches: QEMU is told
 * beforehand, so a guest that powers off is gone at once, whether anything of polyvirt runs or not.
 * What QEMU cannot do alone (start a guest again), and what would leave no trace (a crash ends like
 * a power-off), waits, paused, for {@link settlement} at the next look.
 *
 * Measured with QEMU 7.2: `reboot=shutdown` ends as `shutdown` says, and so does `panic=shutdown`;
 * a paused guest is then in the state `shutdown`, or `guest-panicked`.
 */
export function lifecycleActions(domain: Domain): LifecycleActions {
  return {
    shutdown: (domain.onPoweroff ?? 'destroy') === 'destroy' ? 'poweroff' : 'pause',
    reboot: (domain.onReboot ?? 'restart') === 'restart' ? 'reset' : 'shutdown',
    panic: 'pause',
  }
}

/** What is still to be done with a guest that QEMU has paused. */
export type Settlement =
  | { readonly do: 'stop'; readonly reason: 'shutdown' | 'crashed' }
  | { readonly do: 'restart'; readonly reason: 'booted' | 'crashed' }
  | { readonly do: 'nothing' }

/** The domain's own wish for a QEMU in this run state (`query-status`). */
export function settlement(status: string, domain: Domain): Settlement {
  if (status === 'shutdown') return wish(domain.onPoweroff ?? 'destroy', 'shutdown', 'booted')
  if (status === 'guest-panicked') return wish(domain.onCrash ?? 'destroy', 'crashed', 'crashed')
  return { do: 'nothing' }
}

function wish(
  action: LifecycleAction | CrashAction,
  stopped: 'shutdown' | 'crashed',
  restarted: 'booted' | 'crashed',
): Settlement {
  if (action === 'destroy' || action === 'coredump-destroy') return { do: 'stop', reason: stopped }
  if (action === 'restart' || action === 'coredump-restart')
    return { do: 'restart', reason: restarted }
  return { do: 'nothing' }
}
