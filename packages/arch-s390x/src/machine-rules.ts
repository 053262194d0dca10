import { unsupported } from '@polyvirt/core/arch'
import type { Rule } from '@polyvirt/core/arch'

/** QEMU's machine has sockets and cores only, whatever runs it (hw/s390x/s390-virtio-ccw.c). */
const flatTopology: Rule = {
  name: 's390x/topology',
  check({ domain }) {
    const { threads = 1 } = domain.cpu?.topology ?? {}
    if (threads === 1) return []
    return [
      unsupported(
        'cpu/topology/@threads',
        `guests have no simultaneous threads, so not ${threads}; use threads='1' and more cores`,
      ),
    ]
  },
}

/** What a document may say of memory encryption that this kind of it does not know. */
const protectedGuest: Rule = {
  name: 's390x/protected-guest',
  check({ domain, host }) {
    const { launchSecurity } = domain
    if (launchSecurity?.type !== 's390-pv') return []
    const { type: _, ...parameters } = launchSecurity
    const problems = Object.entries(parameters).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [
            unsupported(
              `launchSecurity/${name}`,
              `'s390-pv' has nothing to choose: the image of the guest is what is encrypted`,
            ),
          ],
    )
    const path = 'launchSecurity/@type'
    if (domain.type !== 'kvm')
      problems.push(unsupported(path, `'s390-pv' needs KVM: TCG has no Ultravisor`))
    else if (host.virtualization?.secure?.includes('s390-pv') !== true)
      problems.push({
        code: 'ERR_CPU_INCOMPATIBLE',
        path,
        message: `this host runs no protected guests: it is not a z15 or newer, or its kernel was started without 'prot_virt=1'`,
      })
    return problems
  },
}

export const machineRules: readonly Rule[] = [flatTopology, protectedGuest]
