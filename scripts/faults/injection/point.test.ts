import { describe, expect, test } from 'vitest'
import { findPoints, formatPoint, parsePoint } from './point.ts'

const trace = `
100  mkdir("/lab/w/r/lib", 0700) = -1 EEXIST (File exists)
100  openat(AT_FDCWD</>, "/lab/w/r/lib/polyvirt.db", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 21</lab/w/r/lib/polyvirt.db>
100  openat(AT_FDCWD</>, "/lab/w/r/lib/polyvirt.db", O_RDONLY) = 22</lab/w/r/lib/polyvirt.db>
100  openat(AT_FDCWD</>, "/lab/w/r/lib/polyvirt.db", O_RDWR) = 22</lab/w/r/lib/polyvirt.db>
100  pwrite64(22</lab/w/r/lib/polyvirt.db-wal>, "\\n\\0"..., 4096, 4176) = 4096
100  pwrite64(22</lab/w/r/lib/polyvirt.db-wal>, "\\n\\0"..., 4096, 4176 <unfinished ...>
101  write(24</lab/w/r/run/.key.100-abc.new>, "x", 1) = 1
100  <... pwrite64 resumed>) = 4096
100  write(1</dev/null>, "Domain", 6) = 6
100  openat(AT_FDCWD</>, "/lab/w2/r", O_RDWR|O_CREAT) = 3
100  clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 102
100  +++ exited with 0 +++`

describe('the points of a trace', () => {
  const points = findPoints(trace, { folder: '/lab/w', pid: '100' }).map(formatPoint)

  test('are the calls that change something below the folder, counted as strace counts them', () => {
    expect(points).toEqual([
      'mkdir:r/lib:1',
      'openat:r/lib/polyvirt.db:1',
      'openat:r/lib/polyvirt.db:3',
      'pwrite64:r/lib/polyvirt.db-wal:1',
      'pwrite64:r/lib/polyvirt.db-wal:2',
      'write:r/run/.key.$$-abc.new:1',
      'clone::1',
    ])
  })

  test('are read as they are written', () => {
    for (const point of points) expect(formatPoint(parsePoint(point))).toBe(point)
    expect(() => parsePoint('nothing')).toThrow('is no point')
  })
})
