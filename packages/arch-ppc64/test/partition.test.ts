import { describe, expect, it } from 'vitest'
import type { HostFiles } from '@polyvirt/core/arch'
import { partitionFact, partitionFindings, readPartition } from '../src/partition.ts'
import { host } from '../src/host-info.ts'

const powervm = { kind: 'PowerVM', description: '' } as const

/** What is read of a partition of these lines. */
function read(...lines: readonly string[]) {
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''))
  const files: HostFiles = {
    list: () => [],
    read: (path) => (path === '/proc/ppc64/lparcfg' ? bytes : undefined),
  }
  return readPartition(files, powervm)
}

const shared = (...more: readonly string[]) =>
  read('partition_active_processors=2', ...more, 'shared_processor_mode=1')

describe('processors of a partition of PowerVM', () => {
  it.each([
    [
      'dedicated, 4',
      'The partition’s 4 cores are its own: nobody else’s load is felt.',
      read(
        'capped=1',
        'partition_entitled_capacity=400',
        'partition_active_processors=4',
        'shared_processor_mode=0',
      ),
    ],
    [
      'shared, capped, 0.50 of 2 entitled',
      'The partition’s 2 cores are shared with other partitions: time of 0.50 processors is sure, and there is no more than that.',
      shared('partition_entitled_capacity=50', 'capped=1', 'capacity_weight=0'),
    ],
    [
      'shared, uncapped, 1.25 of 2 entitled, weight 64',
      'The partition’s 2 cores are shared with other partitions: time of 1.25 processors is sure, and more only when other partitions leave it.',
      shared('partition_entitled_capacity=125', 'capped=0', 'capacity_weight=64'),
    ],
    // A kernel whose call for the entitlement failed writes none of that.
    ['shared, 2', 'The partition’s 2 cores are shared with other partitions.', shared()],
    [
      'dedicated, 1',
      'The partition’s core is its own: nobody else’s load is felt.',
      read('partition_active_processors=1', 'shared_processor_mode=0'),
    ],
  ])('are told: %s', (fact, message, partition) => {
    expect(partitionFact(partition)).toBe(fact)
    expect(partitionFindings(partition).map((one) => one.message)).toEqual([message])
  })

  it.each([
    ['without the mode', read('partition_active_processors=2')],
    ['without cores', read('partition_active_processors=0', 'shared_processor_mode=1')],
    ['with numbers that are none', read('partition_active_processors=x', 'shared_processor_mode=')],
    ['without the file', read()],
  ])('are not guessed %s', (_what, partition) => {
    expect(partition).toBeUndefined()
    expect(partitionFact(partition)).toBeUndefined()
    expect(partitionFindings(partition)).toEqual([])
  })

  it('are no matter of a guest of QEMU, whose kernel calls its processors shared', () => {
    const text = 'partition_active_processors=1\nshared_processor_mode=1\n'
    const files: HostFiles = { list: () => [], read: () => new TextEncoder().encode(text) }
    expect(readPartition(files, { kind: 'pseries', description: '' })).toBeUndefined()
  })

  it('are recorded without the names of machine and partition', () => {
    const text = 'lparcfg 1.9\nserial_number=IBM,0278ABCDE\npartition_name=pay-7\ncapped=1\n'
    const shown = host.anonymize?.('/proc/ppc64/lparcfg', new TextEncoder().encode(text))
    expect(new TextDecoder().decode(shown)).toBe(
      'lparcfg 1.9\nserial_number=000,000000000\npartition_name=000-0\ncapped=1\n',
    )
  })
})
