import type { Arch, HostFiles, HostInfo } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { minimalArch } from '../src/minimal-arch.ts'
import { folderFiles } from '../src/fixtures.ts'
import { testHosts, type KnownHost } from '../src/test-hosts.ts'

const encoder = new TextEncoder()

/** One CPU, of a model that stands in a file. */
const files: HostFiles = {
  read: (path) => (path === '/proc/model' ? encoder.encode('toy\n') : undefined),
  list: () => [],
}

const info = minimalArch.host.read(folderFiles('/nonexistent'))

/** Reads the model, so far as it is a word. */
const read = (from: HostFiles, clean: (text: string) => string): HostInfo => ({
  ...info,
  facts: [['model', clean(Buffer.from(from.read('/proc/model') ?? []).toString('latin1'))]],
})

const word = (text: string): string => /^[a-z]+$/m.exec(text)?.[0] ?? ''

const archWith = (host: Partial<Arch['host']>): Arch => {
  const { diagnose: _, ...rest } = minimalArch.host
  return { ...minimalArch, host: { ...rest, read: (from) => read(from, word), ...host } }
}

const known: KnownHost = {
  ...{ name: 'a toy', files, expected: read(files, word), findings: [] },
}

/** Names of the tests that fail. */
function failing(arch: Arch, hosts: readonly KnownHost[] = [known]): readonly string[] {
  const failed: string[] = []
  testHosts({
    ...{ arch, hosts },
    describe: (_, body) => body(),
    it(name, body) {
      try {
        void body()
      } catch {
        failed.push(name)
      }
    },
  })
  return failed
}

describe('what must hold of machines that are known', () => {
  it('holds of a reader that reads them', () => {
    expect(failing(archWith({}))).toEqual([])
  })

  it('fails where a machine is not read as it is described', () => {
    const other = { ...known, expected: read(files, () => 'another') }
    expect(failing(archWith({}), [other])).toEqual(['is read'])
  })

  it('fails where doctor says something else', () => {
    const diagnose = (): ReturnType<NonNullable<Arch['host']['diagnose']>> => [
      { level: 'warning', topic: 'kvm', message: 'KVM is missing.' },
    ]
    expect(failing(archWith({ diagnose }))).toEqual(['is told what guests will miss'])
  })

  it('fails where a damaged file reaches the terminal, or ends the reader', () => {
    expect(failing(archWith({ read: (from) => read(from, (text) => text.trim()) }))).toContain(
      'with any file an escape sequence is still a host',
    )
    const needsIt = (from: HostFiles): HostInfo => {
      if (from.read('/proc/model')?.length === 0) throw new Error('no model')
      return read(from, word)
    }
    expect(failing(archWith({ read: needsIt }))).toContain('with any file empty is still a host')
  })

  it('fails where odd names are taken for nodes', () => {
    const cells = (from: HostFiles): HostInfo['cells'] =>
      from
        .list('/sys/devices/system/node')
        .filter((name) => name.startsWith('node'))
        .map((_, id) => ({ id, memoryKiB: 0, cpus: [] }))
    const reader = (from: HostFiles): HostInfo => ({ ...read(from, word), cells: cells(from) })
    const expected = { ...known.expected, cells: [] }
    expect(failing(archWith({ read: reader }), [{ ...known, expected }])).toEqual([
      'are not mistaken for nodes, CPUs or modules',
    ])
  })
})
