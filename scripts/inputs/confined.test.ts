import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aarch64 } from '@polyvirt/arch-aarch64'
import { loongarch64 } from '@polyvirt/arch-loongarch64'
import { ppc64 } from '@polyvirt/arch-ppc64'
import { riscv64 } from '@polyvirt/arch-riscv64'
import { s390x } from '@polyvirt/arch-s390x'
import { x86 } from '@polyvirt/arch-x86'
import { createRegistry } from '@polyvirt/core'
import { disk } from './cases/devices.ts'
import { readConfined } from './support/confined.ts'
import type { Confined } from './support/confined.ts'
import { guestXml } from './support/guest-xml.ts'
import { openTestbed } from './support/testbed.ts'
import type { Testbed } from './support/testbed.ts'

const packages = [x86, ppc64, aarch64, s390x, riscv64, loongarch64]

const machines = [
  ['x86_64', 'pc'],
  ['ppc64', 'pseries'],
  ['aarch64', 'virt'],
  ['s390x', 's390-ccw-virtio'],
  ['riscv64', 'virt'],
  ['loongarch64', 'virt'],
] as const

/** Why no such guest can be started here; empty where one can. */
function hindrance(arch: string, emulator: string): string {
  const guest = packages.flatMap(({ guests }) => guests).find(({ name }) => name === arch)
  const { stdout, error } = spawnSync(emulator, ['--version'], { encoding: 'utf8' })
  if (error !== undefined) return `: not run, ${emulator} is not installed`
  const version = /version (\d+)/.exec(stdout)?.[1] ?? ''
  const [oldest = 0] = guest?.oldestEmulator?.version ?? []
  return Number(version) < oldest ? `: not run, QEMU ${version} is older than ${oldest}` : ''
}

let bed: Testbed
beforeAll(async () => {
  bed = await openTestbed(createRegistry(packages))
}, 60_000)
afterAll(() => bed.dispose(), 60_000)

/** The number of what only root has: CAP_SETPCAP, to give up powers for good. */
const setPcap = 8n
const ownPowers = BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`) // prettier-ignore
const givesUpAll = (ownPowers & (1n << setPcap)) !== 0n
const none = '0000000000000000'

describe.each(machines)('G17: QEMU for %s', (arch, machine) => {
  const emulator = `/usr/bin/qemu-system-${arch}`
  const notRun = hindrance(arch, emulator)
  let seen: Confined
  let runDir: string
  beforeAll(async () => {
    if (notRun !== '') return
    const image = bed.file(`${arch}.img`)
    writeFileSync(image, Buffer.alloc(1024 * 1024), { mode: 0o600 })
    await bed.hypervisor.domainDefineXml(
      guestXml({
        name: `<name>${arch}</name>`,
        memory: `<memory unit='MiB'>256</memory>`,
        os: `<os><type arch='${arch}' machine='${machine}'>hvm</type></os>`,
        devices: disk(image),
      }),
    )
    const { id } = await bed.hypervisor.domainCreate(arch, { paused: true })
    const { pid = 0 } = await bed.hypervisor.domainGetInfo(arch)
    seen = readConfined(pid)
    runDir = `${bed.dir}/run/domain-${id}-${arch}`
  }, 60_000)
  afterAll(async () => {
    if (notRun === '') await bed.hypervisor.domainDestroy(arch)
  }, 60_000)

  const where =
    (check: () => Promise<void> | void): (() => Promise<void> | void) =>
    () =>
      notRun === '' ? check() : undefined

  test(
    `has no powers, and none to get back${notRun}`,
    where(() => {
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
        expect([set, seen.status[set]]).toEqual([set, none])
      if (givesUpAll) expect(seen.status['CapBnd']).toBe(none)
      expect(seen.status['NoNewPrivs']).toBe('1')
    }),
  )

  test(
    `runs in a sandbox with every switch on${notRun}`,
    where(() => {
      expect(seen.status['Seccomp']).toBe('2')
      expect(after(seen, '-sandbox')).toBe(
        'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
      )
    }),
  )

  test(
    `dumps neither itself nor the memory of its guest${notRun}`,
    where(() => {
      expect(seen.limits['Max core file size']).toBe('0 0')
      expect(after(seen, '-machine')).toContain('dump-guest-core=off')
    }),
  )

  test(
    `is bounded in files, processes and locked memory${notRun}`,
    where(() => {
      expect(seen.limits['Max open files']).toBe('1024 1024')
      expect(Number(seen.limits['Max processes']?.split(' ')[0])).toBeLessThanOrEqual(32_768)
      expect(seen.limits['Max locked memory']).toBe('8388608 8388608')
      expect(seen.limits['Max file size']).toBe('unlimited unlimited')
    }),
  )

  test(
    `knows nothing of the environment of its caller${notRun}`,
    where(() => {
      const names = ['HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME']
      const folders = seen.environment.filter((line) => names.includes(line.split('=')[0] ?? ''))
      expect(seen.environment.filter((line) => !folders.includes(line))).toEqual([
        'LC_ALL=C',
        'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      ])
      expect(folders.map((line) => line.split('=')[0])).toEqual(names)
      for (const line of folders) expect(line.split('=')[1]?.startsWith(`${bed.dir}/`)).toBe(true)
    }),
  )

  test(
    `makes files for nobody else, and stands in no folder${notRun}`,
    where(() => {
      expect(seen.status['Umask']).toBe('0077')
      expect(seen.cwd).toBe('/')
    }),
  )

  test(
    `is a program of its own: this emulator, in a session of its own${notRun}`,
    where(() => {
      expect(seen.exe).toBe(emulator)
      expect(seen.session).toBe(Number(seen.status['Pid']))
      expect(Number(seen.status['Uid']?.split('\t')[0])).toBe(process.geteuid?.())
    }),
  )

  test(
    `has nothing open but what it was given${notRun}`,
    where(() => {
      const [stdin] = seen.files
      expect(stdin).toBe('/dev/null')
      const strange = seen.files.filter(
        (file) =>
          !/^(?:\/dev\/null|anon_inode:.*|socket:.*|pipe:.*|\/memfd:.*)$/.test(file) &&
          !file.startsWith(`${runDir}/`) &&
          ![bed.file(`${arch}.img`), `${bed.dir}/log/${arch}.log`].includes(file),
      )
      expect(strange).toEqual([])
      expect(seen.internet).toEqual([])
    }),
  )

  test(
    `is reached by sockets that nobody else can come to${notRun}`,
    where(() => {
      const socket = `${runDir}/monitor.sock`
      expect(lstatSync(runDir).mode & 0o777).toBe(0o700)
      expect(lstatSync(socket).mode & 0o777).toBe(0o600)
      expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(107)
      for (const name of readdirSync(bed.dir, { recursive: true, encoding: 'utf8' })) {
        const { mode, uid } = lstatSync(join(bed.dir, name))
        expect([name, mode & 0o077, uid]).toEqual([name, 0, process.geteuid?.()])
      }
    }),
  )

  test(
    `has a control group of its own, or the diagnosis says why not${notRun}`,
    where(async () => {
      const group = `/sys/fs/cgroup${seen.cgroup}`
      const base = [group, `/sys/fs/cgroup/unified${seen.cgroup}`].find((one) => existsSync(`${one}/cgroup.procs`)) // prettier-ignore
      if (seen.cgroup.includes('polyvirt') && base !== undefined) {
        expect(readFileSync(`${base}/cgroup.procs`, 'utf8')).toBe(`${seen.status['Pid']}\n`)
        const pids = `${base}/pids.max`
        if (existsSync(pids)) expect(readFileSync(pids, 'utf8')).toBe('4096\n')
        expect(dirname(seen.cgroup)).not.toBe('/')
        return
      }
      const findings = await bed.hypervisor.connectDiagnose()
      expect(findings.map(({ message }) => message).join('\n')).toContain('cgroup')
    }),
  )

  test(
    `is told everything on its command line, and what it reads is named with its format${notRun}`,
    where(() => {
      for (const word of ['-no-user-config', '-nodefaults']) expect(seen.words).toContain(word)
      expect(seen.words).not.toContain('-monitor')
      expect(seen.words.filter((word) => word.includes('mode=readline'))).toEqual([])
      const images = seen.words.filter((_, i) => seen.words[i - 1] === '-blockdev')
      const drivers = images.map((word) => (JSON.parse(word) as { readonly driver: string }).driver)
      expect(drivers).toContain('raw')
      expect(drivers).not.toContain(undefined)
    }),
  )
})

/** The word behind an option. */
function after({ words }: Confined, option: string): string {
  return words[words.indexOf(option) + 1] ?? ''
}
