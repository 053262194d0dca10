import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bytes, failure, openPool, qcow2, raw, volumeXml } from './support/open.ts'

/** A QEMU with these options, which ends with the test; answers when its monitor does. */
async function emulator(...options: readonly string[]): Promise<void> {
  const args = ['-S', '-display', 'none', '-nodefaults', '-machine', 'none', '-qmp', 'stdio']
  const child = spawn('qemu-system-x86_64', [...args, '-name', 'guest=a,,b', ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  await once(child.stdout, 'data')
}

const inUse =
  /^Requested operation is not valid: volume '[a-z]+' is in use by the running guest 'a,b' \(pid \d+\)$/

describe('a volume that a guest uses', () => {
  it('is not deleted, resized, wiped or written to, and it is said who has it', async () => {
    const { hypervisor, path } = await openPool()
    await hypervisor.storageVolCreateXml('images', volumeXml('disk', qcow2))
    const disk = { pool: 'images', name: 'disk' }
    const before = readFileSync(`${path}/disk`)
    await emulator(
      '-blockdev',
      JSON.stringify({
        driver: 'qcow2',
        'node-name': 'd',
        file: { driver: 'file', filename: `${path}/disk` },
      }),
    )
    for (const attempt of [
      () => hypervisor.storageVolDelete(disk),
      () => hypervisor.storageVolResize(disk, 2 ** 30),
      () => hypervisor.storageVolWipe(disk),
      () => hypervisor.storageVolUpload(disk, bytes('x')),
    ]) {
      expect((await failure(attempt())).message).toMatch(inUse)
    }
    expect(readFileSync(`${path}/disk`).equals(before)).toBe(true)
  })

  it('without a lock, as shared disks are, is found all the same', async () => {
    const { hypervisor, path } = await openPool()
    await hypervisor.storageVolCreateXml('images', volumeXml('disk', raw))
    const file = { driver: 'file', filename: `${path}/disk`, locking: 'off' }
    await emulator('-blockdev', JSON.stringify({ driver: 'raw', 'node-name': 'd', file }))
    const { message } = await failure(hypervisor.storageVolDelete({ pool: 'images', name: 'disk' }))
    expect(message).toMatch(inUse)
  })

  it('as the image below its own is not deleted either', async () => {
    const { hypervisor, path } = await openPool()
    await hypervisor.storageVolCreateXml('images', volumeXml('base', qcow2))
    await hypervisor.storageVolCreateXml(
      'images',
      volumeXml(
        'over',
        `<target><format type='qcow2'/></target><backingStore><path>${path}/base</path><format type='qcow2'/></backingStore>`,
      ),
    )
    await emulator(
      '-blockdev',
      JSON.stringify({
        driver: 'qcow2',
        'node-name': 'd',
        file: { driver: 'file', filename: `${path}/over` },
      }),
    )
    const { message } = await failure(hypervisor.storageVolDelete({ pool: 'images', name: 'base' }))
    expect(message).toMatch(inUse)
  })
})

describe('a volume in the making', () => {
  it('whose maker is killed leaves nothing that looks like a volume, and a refresh takes it away', async () => {
    const { hypervisor, dir, path } = await openPool()
    const child = spawn(
      process.execPath,
      [
        '--conditions=@polyvirt/source',
        fileURLToPath(new URL('support/make-and-hang.ts', import.meta.url)),
        dir,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    expect(await hypervisor.storageVolListAll('images')).toEqual([])
    await hypervisor.storagePoolRefresh('images')
    // Its maker lives, so it stays.
    expect(readdirSync(path)).toHaveLength(1)
    const busy = await failure(hypervisor.storageVolCreateXml('images', volumeXml('slow', raw)))
    expect(busy.message).toContain(`'images/slow' is held by pid ${child.pid}, which does 'create'`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await hypervisor.storagePoolRefresh('images')
    expect(readdirSync(path)).toEqual([])
    await hypervisor.storageVolCreateXml('images', volumeXml('slow', raw))
  })

  it('is made once where several ask for it at the same time', async () => {
    const { hypervisor } = await openPool()
    const asked = Array.from({ length: 8 }, () =>
      hypervisor.storageVolCreateXml('images', volumeXml('one', raw)).then(
        () => 'made',
        (error: unknown) => (error as { code: string }).code,
      ),
    )
    const answers = await Promise.all(asked)
    expect(answers.filter((one) => one === 'made')).toHaveLength(1)
    const others = new Set(answers.filter((one) => one !== 'made'))
    expect(
      [...others].every((one) => ['ERR_RESOURCE_BUSY', 'ERR_STORAGE_VOL_EXIST'].includes(one)),
    ).toBe(true)
  })
})
