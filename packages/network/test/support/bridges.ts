import { createRegistry, openHypervisor } from '@polyvirt/core'
import type { NetworkDriver } from '@polyvirt/core/driver'
import { execa } from 'execa'
import { openNetworks } from '../../src/index.ts'

/** In a network namespace of its own: what is said of a bridge that is down, up, and gone. */
const [dir = ''] = process.argv.slice(2)
let driver: NetworkDriver | undefined
const hypervisor = await openHypervisor(`qemu:///embed?root=${dir}`, {
  registry: createRegistry([]),
  drivers: { network: async (context) => (driver = await openNetworks(context)) },
})
const answers: unknown[] = []
const note = async (work: () => Promise<unknown> | undefined): Promise<void> => {
  answers.push(await Promise.resolve(work()).catch((error: unknown) => String(error)))
}
const ip = (...args: readonly string[]): Promise<unknown> => execa('ip', args)

await hypervisor.networkDefineXml(
  `<network><name>lan</name><forward mode='bridge'/><bridge name='pvbr0'/></network>`,
)
await ip('link', 'add', 'pvbr0', 'type', 'bridge')
await note(() => hypervisor.networkCreate('lan'))
await ip('link', 'set', 'pvbr0', 'up')
await note(() => hypervisor.networkCreate('lan'))
await note(() => driver?.resolve('lan'))
await ip('link', 'del', 'pvbr0')
await note(() => driver?.resolve('lan'))
process.stdout.write(JSON.stringify(answers))
await hypervisor.close()
