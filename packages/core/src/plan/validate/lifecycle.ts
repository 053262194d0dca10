import type { Domain } from '../../domain/domain.ts'
import { unsupported } from '../../errors.ts'
import type { Problem } from '../../errors.ts'

type Lifecycle = Pick<Domain, 'onPoweroff' | 'onReboot' | 'onCrash'>

/** What is to be done when a guest stops, and nobody could. */
export function lifecycleProblems(domain: Lifecycle): Problem[] {
  const problems: Problem[] = []
  for (const [element, value] of [
    ['on_poweroff', domain.onPoweroff],
    ['on_reboot', domain.onReboot],
    ['on_crash', domain.onCrash],
  ] as const) {
    if (value === 'rename-restart') {
      problems.push(
        unsupported(element, `'rename-restart' is not offered; use destroy, restart or preserve`),
      )
    }
  }
  const { onPoweroff = 'destroy', onReboot = 'restart' } = domain
  if (onReboot !== 'restart' && onReboot !== onPoweroff) {
    const message = `'${onReboot}' with on_poweroff '${onPoweroff}' is not offered: a QEMU that stops at a reboot does not tell it from a power-off; give both the same action, or on_reboot 'restart'`
    problems.push(unsupported('on_reboot', message))
  }
  return problems
}
