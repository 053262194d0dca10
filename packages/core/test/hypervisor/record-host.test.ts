import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createRegistry } from '../../src/arch/registry.ts'
import type { HostFiles } from '../../src/arch/index.ts'
import { hostArch } from '../../src/hypervisor/host.ts'
import { recordHost } from '../../src/hypervisor/record-host.ts'
import { linuxTopology } from '../../src/arch/linux-topology.ts'
import { recordedHostFiles } from '../../src/run/index.ts'
import { testArch } from '../support/test-arch.ts'
import { tempDir } from '../support/temp-dir.ts'

function described(files: Readonly<Record<string, string>>): HostFiles {
  return {
    read: (path) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
    list(path) {
      const below = Object.keys(files).filter((file) => file.startsWith(`${path}/`))
      return [...new Set(below.map((file) => file.slice(path.length + 1).split('/')[0] ?? ''))]
    },
  }
}

const cpu = '/sys/devices/system/cpu'
const machine = described({
  '/host.json': '{"machine": "toy64"}',
  '/proc/cpuinfo': 'cpu: toy1\n',
  '/proc/meminfo': 'MemTotal: 9 kB\n',
  [`${cpu}/present`]: '0-1\n',
  [`${cpu}/online`]: '0-1\n',
  [`${cpu}/cpu0/topology/core_id`]: '0\n',
  [`${cpu}/cpu0/cache/index0/size`]: '32K\n',
  [`${cpu}/cpu0/power/secret`]: 'x\n',
  '/sys/devices/system/node/node0/cpulist': '0-1\n',
  '/sys/devices/system/node/node0/cpu0/deep': 'x\n',
  '/sys/module/kvm_toy/parameters/nested': 'Y\n',
  '/sys/module/other/parameters/key': 'x\n',
  '/proc/board/serial': 'S123',
  '/proc/board/model': 'M1',
  '/etc/passwd': 'root',
})

const registry = createRegistry([
  {
    ...testArch,
    host: {
      ...testArch.host,
      paths: ['/proc/board'],
      anonymize: (path, bytes) => (path.endsWith('/serial') ? Buffer.from('0000') : bytes),
    },
  },
])

describe('a recording', () => {
  test('is a host that reads as the machine did, without what names the very machine', async () => {
    const folder = join(tempDir(), 'host')
    const recording = await recordHost(registry, folder, machine)
    expect(recording).toMatchObject({
      arch: 'toy64',
      anonymized: ['/proc/board/serial'],
      skipped: [],
    })
    const files = recordedHostFiles(folder)
    expect(hostArch(files)).toBe('toy64')
    const options = { basePageKiB: 4, memoryKiB: 9 }
    expect(linuxTopology(files, options)).toEqual(linuxTopology(machine, options))
    expect(readFileSync(join(folder, 'proc/board/serial'), 'utf8')).toBe('0000')
    expect(readFileSync(join(folder, 'proc/board/model'), 'utf8')).toBe('M1')
    expect(files.list('/sys/module')).toEqual(['kvm_toy'])
  })

  test('holds nothing that no reader looks at', async () => {
    const folder = tempDir()
    const { files } = await recordHost(registry, folder, machine)
    for (const path of ['etc/passwd', `${cpu}/cpu0/power`, 'sys/devices/system/node/node0/cpu0'])
      expect(existsSync(join(folder, path)), path).toBe(false)
    expect(files).toBe(10)
  })

  test('wants a folder of its own', async () => {
    const folder = tempDir()
    mkdirSync(join(folder, 'x'))
    await expect(recordHost(registry, folder, machine)).rejects.toThrow('is not empty')
    const file = join(tempDir(), 'file')
    writeFileSync(file, '')
    await expect(recordHost(registry, file, machine)).rejects.toThrow(
      /cannot make the folder .*: file already exists$/,
    )
  })

  test('leaves out what is too large, and says so', async () => {
    const big = described({ '/proc/cpuinfo': 'x'.repeat(300 * 1024), '/proc/stat': 'cpu 1\n' })
    const { skipped, files } = await recordHost(registry, tempDir(), big)
    expect(skipped).toEqual(['/proc/cpuinfo'])
    expect(files).toBe(1)
  })
})
