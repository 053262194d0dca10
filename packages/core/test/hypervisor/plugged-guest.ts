import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { withMonitor } from '../../src/hypervisor/monitor.ts'
import { openStore } from '../../src/store/index.ts'
import type { ActiveRow, DomainRecord } from '../../src/store/index.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'

/** What disks on a bus that plugs are on. */
export const scsi = `<controller type='scsi' index='0' model='virtio-scsi'/>`

/** An empty image of its own. */
export function image(root: TestRoot, name: string): string {
  const path = join(root.dir, `${name}.img`)
  writeFileSync(path, Buffer.alloc(1024 * 1024), { mode: 0o600 })
  return path
}

/** A disk on an image. */
export const disk = (path: string, target = 'sda', bus = 'scsi'): string =>
  `<disk type='file'><source file='${path}'/><target dev='${target}' bus='${bus}'/></disk>`

/** Domain `a` of a guest without a system, which runs. */
export async function started(root: TestRoot, devices = scsi): Promise<Hypervisor> {
  const hypervisor = await root.open()
  await hypervisor.domainDefineXml(
    guestXml({ name: 'a', disk: guestDisk(root.dir, 'idle'), devices }),
  )
  await hypervisor.domainCreate('a')
  return hypervisor
}

/** What the store has of the first domain. */
export async function recordOf(root: TestRoot): Promise<DomainRecord> {
  using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
  const [record] = store.list()
  if (record === undefined) throw new Error('nothing is known')
  return record
}

/** Its run. */
export async function activeRow(root: TestRoot): Promise<ActiveRow> {
  const { active } = await recordOf(root)
  if (active === undefined) throw new Error('nothing runs')
  return active
}

/** Names that QEMU itself has: devices, block nodes, network and character back ends. */
export async function inQemu(root: TestRoot): Promise<readonly string[]> {
  return withMonitor(await activeRow(root), 'a', async (qmp) => {
    const list = await qmp.execute('qom-list', { path: '/machine/peripheral' })
    const nodes = (await qmp.executeUnchecked('query-named-block-nodes')) as readonly {
      readonly 'node-name': string
    }[]
    const chardevs = await qmp.execute('query-chardev')
    const objects = await qmp.execute('qom-list', { path: '/objects' })
    return [
      ...list.flatMap(({ name }) => (name === 'type' ? [] : [name])),
      ...nodes.map((node) => node['node-name']),
      ...chardevs.map(({ label }) => label),
      ...objects.map(({ name }) => name),
    ].toSorted()
  })
}

/** Somebody else holds domain `a`, records how far he is, and dies. */
export async function diedOver(
  root: TestRoot,
  kind: string,
  phase: string,
  detail: object,
): Promise<void> {
  const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
  using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
  const [record] = store.list()
  if (record === undefined) throw new Error('nothing is known')
  store.setPhase(store.beginJob(record.domain.uuid, kind), phase, { ...detail })
}

/** Kinds of the jobs that are there. */
export async function jobsIn(root: TestRoot): Promise<readonly string[]> {
  using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
  return store.jobs().map(({ kind }) => kind)
}
