import { describe, expect, it } from 'vitest'
import { defaultHugePageKiB, hugeFolder, hugePageMounts } from '../../src/run/huge-pages.ts'

describe('mounted huge pages', () => {
  it('are found by the size of their pages, the first of each size', () => {
    const mounts = [
      'proc /proc proc rw,nosuid 0 0',
      'hugetlbfs /dev/hugepages hugetlbfs rw,relatime,pagesize=2M 0 0',
      'none /mnt/one\\040gig hugetlbfs rw,uid=0,pagesize=1024M,size=4294967296 0 0',
      'none /mnt/other hugetlbfs rw,pagesize=2M 0 0',
      'none /mnt/small hugetlbfs rw,pagesize=64K 0 0',
      'none /mnt/pagesize=16M tmpfs rw,pagesize=16M 0 0',
      '',
    ].join('\n')
    expect(hugePageMounts(mounts)).toEqual([
      { path: '/dev/hugepages', pageKiB: 2048 },
      { path: '/mnt/one gig', pageKiB: 1024 * 1024 },
      { path: '/mnt/small', pageKiB: 64 },
    ])
    expect(hugePageMounts('')).toEqual([])
  })

  it('have the size that the kernel names where nobody names one', () => {
    expect(defaultHugePageKiB('MemFree: 1 kB\nHugepagesize:    16384 kB\n')).toBe(16_384)
    expect(defaultHugePageKiB('MemFree: 1 kB\n')).toBeUndefined()
  })

  it('have a folder for each run of each root', () => {
    const folders = ['/a/run/domain-1-x', '/b/run/domain-1-x', '/a/run/domain-2-x'].map((dir) =>
      hugeFolder(dir),
    )
    expect(new Set(folders).size).toBe(3)
    for (const one of folders) expect(one).toMatch(/\/polyvirt-[0-9a-f]{8}-domain-[12]-x$/)
  })
})
