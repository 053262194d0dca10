import { existsSync } from 'node:fs'
import { domainXml, startQemu, targetsOf } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { riscv64 } from '../src/index.ts'
import { recorded } from './contexts.ts'

/** Why the tests of this file are not run; nothing where they are. */
const notRun = existsSync('/usr/bin/qemu-system-riscv64')
  ? ''
  : ': not run, /usr/bin/qemu-system-riscv64 is not installed (qemu-system-misc)'

const emulator = '/usr/bin/qemu-system-riscv64'

/** Nodes by the vCPUs that they have. */
const cells = (...cpus: readonly string[]): string =>
  `<cpu><numa>${cpus.map((set, id) => `<cell id='${id}' cpus='${set}' memory='262144'/>`).join('')}</numa></cpu>`

describe('NUMA nodes that are accepted', () => {
  it.each([
    ['two of one size', 4, cells('0-1', '2-3'), ''],
    ['a smaller one before a larger one', 4, cells('0', '1-3'), ''],
    ['four with APLICs', 4, cells('0', '1', '2', '3'), "<aia value='aplic'/>"],
    ['three of falling size with APLICs', 6, cells('0-3', '4', '5'), "<aia value='aplic'/>"],
  ])(
    `start: %s${notRun}`,
    async (_what, vcpus, cpu, features) => {
      if (notRun !== '') return
      const [target] = targetsOf(riscv64, riscv64.guests[0], recorded(), emulator)
      if (target === undefined) throw new Error('no virt in the recording')
      const xml = domainXml({
        vcpu: `<vcpu>${vcpus}</vcpu>`,
        middle: `${features === '' ? '' : `<features>${features}</features>`}${cpu}`,
      })
      await using qemu = await startQemu(xml, target)
      expect(await qemu.qmp.execute('query-cpus-fast')).toHaveLength(vcpus)
    },
    120_000,
  )
})
