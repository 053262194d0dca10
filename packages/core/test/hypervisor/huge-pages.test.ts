import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { defaultHugePageKiB, hugePageMounts } from '../../src/run/huge-pages.ts'
import { stopProcess } from '../../src/run/index.ts'
import { findUser } from '../../src/run/run-user.ts'
import { runFolders, testRoot } from '../support/hypervisor.ts'
import { guestXml } from '../support/real-arch.ts'
import { tempDir } from '../support/temp-dir.ts'

const backing = '<memoryBacking><hugepages/></memoryBacking>'

/** The machine's number of huge pages, and a file system of them: other tests want neither. */
const reserved = '/proc/sys/vm/nr_hugepages'

/** Where huge pages can be had here for a while; nothing where they cannot. */
function hugePages(): string | undefined {
  try {
    const before = readFileSync(reserved, 'utf8')
    onTestFinished(() => writeFileSync(reserved, before))
    writeFileSync(reserved, String(Number(before) + 16))
    if (Number(readFileSync(reserved, 'utf8')) < Number(before) + 16) return undefined
    const there = hugePageMounts().find(({ pageKiB }) => pageKiB === defaultHugePageKiB())
    if (there !== undefined) return there.path
    const above = tempDir()
    chmodSync(above, 0o711)
    const folder = join(above, 'huge')
    mkdirSync(folder)
    execFileSync('mount', ['-t', 'hugetlbfs', 'hugetlbfs', folder], { stdio: 'ignore' })
    onTestFinished(() => void execFileSync('umount', [folder]))
    return folder
  } catch {
    return undefined
  }
}

const ours = (mount: string): readonly string[] =>
  readdirSync(mount).filter((name) => name.startsWith('polyvirt-'))

describe('memory of huge pages', () => {
  test('is taken in a folder of the run, by the user that QEMU is, and nothing of it is left', async () => {
    const mount = hugePages()
    const nobody = findUser('nobody')
    if (mount === undefined || nobody === undefined) return
    const root = testRoot()
    chmodSync(root.dir, 0o711)
    const hypervisor = await root.open({}, '&user=nobody')
    await hypervisor.domainDefineXml(guestXml({ name: 'a', more: backing }))
    const before = ours(mount)
    await hypervisor.domainCreate('a')
    const [folder = '', ...others] = ours(mount).filter((name) => !before.includes(name))
    expect([folder, others]).toEqual([
      expect.stringMatching(/^polyvirt-[0-9a-f]{8}-domain-1-a$/),
      [],
    ])
    const { uid, mode } = statSync(join(mount, folder))
    expect([uid, mode & 0o777]).toEqual([nobody.uid, 0o700])
    const pid = root.guests()[0]?.identity.pid ?? 0
    expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).toContain(join(mount, folder))
    await hypervisor.domainDestroy('a')
    expect(ours(mount)).toEqual(before)

    await hypervisor.domainCreate('a')
    const [guest] = root.guests()
    if (guest !== undefined) await stopProcess(guest.identity, { termMs: 0 })
    await hypervisor.connectListAllDomains()
    expect(ours(mount)).toEqual(before)
  })

  test('of a size that is not mounted is refused with how to mount it, and nothing is left', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const pages = `<memoryBacking><hugepages><page size='12' unit='MiB'/></hugepages></memoryBacking>`
    await hypervisor.domainDefineXml(guestXml({ name: 'a', more: pages }))
    await expect(hypervisor.domainCreate('a')).rejects.toMatchObject({
      code: 'ERR_OPERATION_FAILED',
      problems: [
        {
          path: 'memoryBacking/hugepages/page[1]',
          message: expect.stringMatching(
            /^no hugetlbfs with pages of 12288 KiB is mounted.*: mkdir -p (\S+) && mount -t hugetlbfs -o pagesize=12288K hugetlbfs \1$/,
          ) as string,
        },
      ],
    })
    expect(root.guests()).toEqual([])
    expect(runFolders(root)).toEqual([])
  })
})
