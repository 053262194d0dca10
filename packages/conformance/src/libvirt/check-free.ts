import { libvirtUuid } from './libvirt-document.ts'
import type { Virsh } from './virsh.ts'

/**
 * Every document of the suite has one name and, unless it says another, one UUID.
 *
 * @throws where libvirt has such a domain already: another run has it, or one that was killed has left it.
 */
export async function checkFree(virsh: Virsh, uri: string): Promise<void> {
  for (const domain of ['conformance', libvirtUuid]) {
    const { kind } = await virsh(['domstate', domain])
    if (kind === 'refused') continue
    throw new Error(
      `libvirt at ${uri} has a domain '${domain}' already; where no other run has it, remove it: ` +
        `virsh -c '${uri}' destroy ${domain}; virsh -c '${uri}' undefine --nvram ${domain}`,
    )
  }
}
