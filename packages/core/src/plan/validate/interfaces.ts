import type { Problem } from '../../errors.ts'
import { quote } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import type { PlanContext } from '../plan-context.ts'

const offeredTypes = ['user', 'bridge', 'ethernet']

/** A name Linux gives a network device: IFNAMSIZ (include/uapi/linux/if.h) less its NUL. */
const deviceName = /^[A-Za-z0-9_.:-]{1,15}$/

export function checkInterfaces(domain: AddressedDomain, _context: PlanContext): Problem[] {
  const problems: Problem[] = []
  for (const [i, nic] of (domain.devices.interface ?? []).entries()) {
    const path = `devices/interface[${i + 1}]`
    const add = (
      below: string,
      message: string,
      code: Problem['code'] = 'ERR_CONFIG_UNSUPPORTED',
    ): void => {
      problems.push({ code, path: `${path}/${below}`, message })
    }
    if (!offeredTypes.includes(nic.type)) {
      add(
        '@type',
        `interface type '${nic.type}' is not offered yet; offered: ${offeredTypes.join(', ')}`,
      )
      continue
    }
    if (nic.backendType === 'passt')
      add(
        'backend/@type',
        `backend 'passt' is not offered; leave <backend> out for QEMU's own user network`,
      )
    if (nic.type === 'bridge' && nic.bridge === undefined)
      add('source/@bridge', 'a bridge interface needs a <source bridge=…/>', 'ERR_XML_ERROR')
    for (const [below, name] of [
      ['source/@bridge', nic.bridge],
      ['target/@dev', nic.target],
    ] as const) {
      if (name !== undefined && (!deviceName.test(name) || name === '.' || name === '..')) {
        add(
          below,
          `${quote(name)} is not a network device's name: at most 15 letters, digits and _ . : -`,
          'ERR_XML_ERROR',
        )
      }
    }
    if (nic.script !== undefined || nic.downscript !== undefined) {
      add(
        nic.script === undefined ? 'downscript' : 'script',
        'scripts are not run; plug the tap into a bridge instead',
      )
    }
  }
  return problems
}
