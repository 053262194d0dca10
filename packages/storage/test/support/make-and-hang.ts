import { writeFileSync } from 'node:fs'
import { createRegistry, openHypervisor } from '@polyvirt/core'
import { openStorage } from '../../src/index.ts'
import { makeFile } from '../../src/volumes/new-file.ts'

/** Opens a pool and is in the middle of making a volume until it is killed. */
const [dir = ''] = process.argv.slice(2)
const hypervisor = await openHypervisor(`qemu:///embed?root=${dir}/root`, {
  registry: createRegistry([]),
  drivers: {
    storage: async (context) => {
      await context.hold('images/slow', 'create', () =>
        makeFile({ dir: `${dir}/images`, name: 'slow' }, async (temporary) => {
          writeFileSync(temporary, 'half')
          process.stdout.write('begun\n')
          await new Promise(() => setInterval(() => undefined, 1000))
        }),
      )
      return openStorage(context)
    },
  },
})
await hypervisor.storagePoolListAll()
