import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cgroupBase } from '../../src/run/cgroup.ts'
import { kvmGroup } from '../../src/run/kvm-group.ts'
import { findUser, missingCapabilities } from '../../src/run/run-user.ts'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { openStore } from '../../src/store/index.ts'
import { stopProcess } from '../../src/run/index.ts'
import { testRoot } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'

const isRoot = process.geteuid?.() === 0

const byNumber = (a = 0, b = 0): number => a - b

interface Seen {
  readonly status: Readonly<Record<string, string>>
  readonly limits: Readonly<Record<string, string>>
  readonly environment: readonly string[]
  readonly cgroup: string
  readonly pid: number
}

/** What the kernel says of the QEMU of a root. */
function seen(root: TestRoot): Seen {
  const pid = root.guests()[0]?.identity.pid ?? 0
  const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8')
  const status = read('status')
    .split('\n')
    .map((line) => line.split(/:\s*/) as [string, string])
  const limits = read('limits')
    .split('\n')
    .map((line) => line.split(/\s{2,}/))
    .map(([name = '', soft = '', hard = '']) => [name, `${soft} ${hard}`] as const)
  return {
    pid,
    status: Object.fromEntries(status),
    limits: Object.fromEntries(limits),
    environment: read('environ').split('\0').filter(Boolean).toSorted(),
    cgroup: /^0::(.*)$/m.exec(read('cgroup'))?.[1] ?? '',
  }
}

async function running(root: TestRoot, query = '', devices = ''): Promise<Hypervisor> {
  const hypervisor = await root.open({}, query)
  const disk = guestDisk(root.dir, 'idle')
  await hypervisor.domainDefineXml(guestXml({ name: 'a', disk, devices }))
  await hypervisor.domainCreate('a')
  return hypervisor
}

describe('a QEMU, as the kernel has it', () => {
  test('has no powers, gains none, dumps nothing, and knows nothing of its caller', async () => {
    const root = testRoot()
    const hypervisor = await running(root)
    const { status, limits, environment, pid } = seen(root)
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
      expect([set, status[set]]).toEqual([set, '0000000000000000'])
    if (isRoot && missingCapabilities('CAP_SETPCAP').length === 0)
      expect(status['CapBnd']).toBe('0000000000000000')
    expect(status['NoNewPrivs']).toBe('1')
    expect(status['Seccomp']).toBe('2')
    expect(status['Umask']).toBe('0077')
    expect(limits['Max core file size']).toBe('0 0')
    expect(limits['Max open files']).toBe('1024 1024')
    expect(limits['Max locked memory']).toBe('8388608 8388608')
    expect(Number(limits['Max processes']?.split(' ')[0])).toBeLessThanOrEqual(32_768)
    expect(environment.map((line) => line.split('=')[0])).toEqual([
      'HOME',
      'LC_ALL',
      'PATH',
      'XDG_CACHE_HOME',
      'XDG_CONFIG_HOME',
      'XDG_DATA_HOME',
    ])
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/')
    expect(readlinkSync(`/proc/${pid}/fd/0`)).toBe('/dev/null')
    await hypervisor.domainDestroy('a')
  })

  test('leaves no file that anybody else could open', async () => {
    const root = testRoot()
    await running(root)
    const dir = join(root.dir, 'run/domain-1-a')
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    expect(statSync(join(dir, 'monitor.sock')).mode & 0o777).toBe(0o600)
    expect(statSync(join(root.dir, 'log/a.log')).mode & 0o777).toBe(0o600)
    expect(statSync(join(root.dir, 'lib/polyvirt.db')).mode & 0o777).toBe(0o600)
  })

  test('has as many files as its devices need, and locks memory only where it must', async () => {
    const { limitsOf } = await import('../../src/hypervisor/confinement/limits.ts')
    const { parseDomain } = await import('../../src/xml/parse-domain.ts')
    const disks = Array.from(
      { length: 100 },
      (_, i) =>
        `<disk><target dev='sd${String.fromCharCode(97 + (i % 26))}${i}' bus='scsi'/></disk>`,
    )
    const plain = parseDomain(guestXml({ name: 'a', devices: disks.join('') })).domain
    expect(limitsOf(plain)).toMatchObject({ nofile: 512 + 101 * 16, memlockBytes: 8 * 2 ** 20 })
    const locked = guestXml({ name: 'a', more: '<memoryBacking><locked/></memoryBacking>' })
    expect(limitsOf(parseDomain(locked).domain)).toMatchObject({
      nofile: 1024,
      memlockBytes: 2 ** 30 + 16 * 2 ** 20,
    })
  })

  test('is in a control group of its own, of which nothing is left', async () => {
    const root = testRoot()
    const base = cgroupBase()
    const hypervisor = await running(root)
    if (base === undefined) {
      const findings = await hypervisor.connectDiagnose()
      expect(findings.map(({ message }) => message)).toContainEqual(
        expect.stringContaining('No cgroup v2 hierarchy may be written here') as string,
      )
      return
    }
    const { cgroup, pid } = seen(root)
    const group = `${base}/${cgroup.split('/').at(-1) ?? ''}`
    expect(group).toMatch(/\/[0-9a-f]{8}-domain-1-a$/)
    expect(readFileSync(`${group}/cgroup.procs`, 'utf8')).toBe(`${pid}\n`)
    if (existsSync(`${group}/pids.max`))
      expect(readFileSync(`${group}/pids.max`, 'utf8')).toBe('4096\n')
    await hypervisor.domainDestroy('a')
    expect(existsSync(group)).toBe(false)
  })

  test('whose death nobody saw leaves no group when the next one looks', async () => {
    const root = testRoot()
    const hypervisor = await running(root)
    const base = cgroupBase()
    const { cgroup } = seen(root)
    const [guest] = root.guests()
    if (guest !== undefined) await stopProcess(guest.identity, { termMs: 0 })
    await hypervisor.connectListAllDomains()
    expect(existsSync(`${base ?? ''}/${cgroup.split('/').at(-1) ?? ''}`)).toBe(false)
  })
})

/** Everything about another user needs root, and its powers. */
const can = isRoot && missingCapabilities('CAP_SETUID', 'CAP_SETGID', 'CAP_CHOWN').length === 0

describe('another user for QEMU', () => {
  test('that only root can give is refused to others, and one that is not there to root', async () => {
    const root = testRoot()
    await expect(root.open({}, '&user=no-such-user')).rejects.toMatchObject({
      code: 'ERR_CONFIG_UNSUPPORTED',
    })
  })

  test('gets what it needs of the images, and their owner has them back after the last guest', async () => {
    if (!can) return
    const root = testRoot()
    chmodSync(root.dir, 0o711)
    const nobody = findUser('nobody')
    const hypervisor = await root.open({}, '&user=nobody')
    const disk = guestDisk(root.dir, 'idle')
    chownSync(disk, 0, 0)
    const shared = join(root.dir, 'shared.img')
    writeFileSync(shared, Buffer.alloc(1024 * 1024), { mode: 0o600 })
    chownSync(shared, 1, 1)
    const devices = `<disk type='file'><source file='${shared}'/><target dev='vdb'/><shareable/></disk><channel type='unix'><target type='virtio' name='org.example.1'/></channel>`
    await hypervisor.domainDefineXml(guestXml({ name: 'a', disk, devices }))
    await hypervisor.domainDefineXml(
      guestXml({ name: 'b', devices: devices.replace(/<channel.*/, '') }),
    )
    await hypervisor.domainCreate('a')
    await hypervisor.domainCreate('b')
    const { status } = seen(root)
    const uid = String(nobody?.uid)
    expect(status['Uid']?.split('\t')).toEqual([uid, uid, uid, uid])
    expect(status['Gid']?.split('\t')[0]).toBe(String(nobody?.gid))
    // KVM's device is a group's in most distributions, which a user made for guests need not be in.
    const groups = new Set([...(nobody?.groups ?? []), kvmGroup() ?? nobody?.gid])
    expect(status['Groups']?.trim().split(' ').map(Number)).toEqual([...groups].toSorted(byNumber))
    expect(status['CapBnd']).toBe('0000000000000000')
    for (const file of [disk, shared]) expect(statSync(file).uid).toBe(nobody?.uid)
    expect(statSync(join(root.dir, 'run')).mode & 0o777).toBe(0o711)
    expect(statSync(join(root.dir, 'run/domain-1-a')).mode & 0o777).toBe(0o700)
    await hypervisor.domainDestroy('a')
    expect(statSync(disk).uid).toBe(0)
    // The other guest still has it.
    expect(statSync(shared).uid).toBe(nobody?.uid)
    await hypervisor.domainDestroy('b')
    expect([statSync(shared).uid, statSync(shared).gid]).toEqual([1, 1])
    const findings = await hypervisor.connectDiagnose()
    expect(findings.map(({ message }) => message)).toContain(
      `QEMU runs as user 'nobody' (uid ${uid}), with no_new_privs and seccomp.`,
    )
  })

  test('gives images back whose manager was killed in the middle of the start', async () => {
    if (!can) return
    const root = testRoot()
    chmodSync(root.dir, 0o711)
    const hypervisor = await root.open({}, '&user=nobody')
    const disk = guestDisk(root.dir, 'idle')
    const { domain } = await hypervisor.domainDefineXml(guestXml({ name: 'a', disk }))
    const dead = { pid: 4_000_000, startTime: 1, bootId: 'gone' }
    const killed = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner: dead })
    const run = { uuid: domain.uuid, id: 7 }
    const job = killed.beginJob(domain.uuid, 'start')
    killed.setPhase(job, 'prepare', { id: run.id, stateDir: join(root.dir, 'run/domain-7-a') })
    const { takeImages } = await import('../../src/hypervisor/confinement/hand-over.ts')
    const { confinementOf } = await import('../../src/hypervisor/confinement/confinement.ts')
    const { parseDomain } = await import('../../src/xml/parse-domain.ts')
    await takeImages(killed, run, {
      domain: parseDomain(guestXml({ name: 'a', disk })).domain,
      confinement: confinementOf({ user: 'nobody' }, false),
    })
    killed.close()
    expect(statSync(disk).uid).not.toBe(0)
    await hypervisor.connectListAllDomains()
    expect(statSync(disk).uid).toBe(0)
  })

  test('that cannot come to its own folder is told which one is closed', async () => {
    if (!can) return
    const root = testRoot()
    const hypervisor = await root.open({}, '&user=nobody')
    await expect(hypervisor.domainDefineXml(guestXml({ name: 'a' }))).rejects.toThrow(
      `QEMU runs as 'nobody', which cannot enter '${root.dir}'`,
    )
    expect(root.guests()).toEqual([])
  })

  test('is plugged a disk that it can open, and it is given back when it is out', async () => {
    if (!can) return
    const root = testRoot()
    chmodSync(root.dir, 0o711)
    const hypervisor = await running(
      root,
      '&user=nobody',
      `<controller type='scsi' index='0' model='virtio-scsi'/>`,
    )
    const path = join(root.dir, 'more.img')
    writeFileSync(path, Buffer.alloc(1024 * 1024), { mode: 0o600 })
    const more = `<disk type='file'><source file='${path}'/><target dev='sda' bus='scsi'/></disk>`
    await hypervisor.domainAttachDevice('a', more)
    expect(statSync(path).uid).toBe(findUser('nobody')?.uid)
    await hypervisor.domainDetachDevice('a', more)
    expect(statSync(path).uid).toBe(0)
  })
})

describe('the configuration of a connection', () => {
  test('is a file of the root, and the URI goes before it', async () => {
    const root = testRoot()
    mkdirSync(join(root.dir, 'etc'))
    writeFileSync(join(root.dir, 'etc/polyvirt.json'), '{"pidsMax":77}')
    await running(root)
    const group = `${cgroupBase() ?? ''}/${seen(root).cgroup.split('/').at(-1) ?? ''}`
    if (existsSync(`${group}/pids.max`))
      expect(readFileSync(`${group}/pids.max`, 'utf8')).toBe('77\n')
  })

  test.each([
    ['{"usr":"x"}', /has no word 'usr'; there are: user/],
    ['{"pidsMax":-1}', /pidsMax must be a number above 0/],
    ['{"backing":["images"]}', /backing must be absolute paths/],
    ['{', /is no JSON/],
    ['[]', /is no JSON object|is no JSON/],
  ])('%s is refused by name', async (text, says) => {
    const root = testRoot()
    mkdirSync(join(root.dir, 'etc'))
    writeFileSync(join(root.dir, 'etc/polyvirt.json'), text)
    await expect(root.open()).rejects.toThrow(says)
    writeFileSync(join(root.dir, 'etc/polyvirt.json'), '{}')
  })
})
