import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { waitCommand } from '../../src/life/look-inside.ts'

describe('what is put between two looks into a guest', () => {
  let sys = ''
  beforeEach(() => {
    sys = mkdtempSync(join(tmpdir(), 'polyvirt-wait-'))
    mkdirSync(join(sys, 'bus/pci/devices/0000:00:01.0'), { recursive: true })
    mkdirSync(join(sys, 'class/net/lo'), { recursive: true })
  })
  afterEach(() => rmSync(sys, { recursive: true }))

  /** How often it slept; what happens in the guest meanwhile happens at its first sleep. */
  function sleeps(looks: number, meanwhile = ''): number {
    const script =
      `usleep() { [ "$1" = 500000 ] || exit 2; echo slept; ${meanwhile || ':'}; }\n` +
      waitCommand(looks)
    const said = execFileSync('sh', ['-c', script], {
      env: { ...process.env, SYS: sys },
      encoding: 'utf8',
    })
    return said.split('\n').length - 1
  }

  it('is the longer the more looks saw nothing, and never long', () => {
    expect([1, 2, 3, 4, 5, 20].map((looks) => sleeps(looks))).toEqual([1, 2, 4, 8, 8, 8])
  })

  it('ends when a device comes or goes', () => {
    expect(sleeps(4, 'mkdir -p "$SYS/class/net/eth0"')).toBe(1)
    expect(sleeps(4, 'rm -rf "$SYS/bus/pci/devices/0000:00:01.0"')).toBe(1)
  })
})
