import { stat } from 'node:fs/promises'
import { DomainError, freshUuid, writePrivateFile } from '@polyvirt/core/driver'
import type { DriverContext } from '@polyvirt/core/driver'
import { settleNetwork } from './plan/settle-network.ts'

/** What libvirt ships (/usr/share/libvirt/networks/default.xml), in its printed form. */
const document = `<network>
  <name>default</name>
  <forward mode='nat'/>
  <bridge name='virbr0' stp='on' delay='0'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.122.2' end='192.168.122.254'/>
    </dhcp>
  </ip>
</network>
`

/**
 * A connection has the network `default` from its first use, as a fresh libvirt has. Once it was
 * made it is the user's: one who undefines it does not get it back.
 */
export async function makeDefaultNetwork({ documents, libDir }: DriverContext): Promise<void> {
  const mark = `${libDir}/default-made`
  const made = await stat(mark).then(
    () => true,
    () => false,
  )
  if (made) return
  if (documents.find('default') === undefined) {
    const { network, xml } = settleNetwork(document, freshUuid)
    try {
      documents.put({ uuid: network.uuid, name: network.name, xml }, { tells: null })
    } catch (error) {
      // Another process was faster, with a UUID of its own.
      if (!(error instanceof DomainError && error.code === 'ERR_OPERATION_FAILED')) throw error
    }
  }
  await writePrivateFile(mark, '')
}
