import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkFlash } from '../../src/hypervisor/check-flash.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'
import { tempDir } from '../support/temp-dir.ts'
import { testArch } from '../support/test-arch.ts'

const [profile] = testArch.machine.profiles

test('firmware that is not as large as the flash is named before QEMU would end on it', () => {
  const file = join(tempDir(), 'code.fd')
  writeFileSync(file, '')
  const os = `<os><type arch='toy64' machine='toy'>hvm</type><loader type='pflash' readonly='yes'>${file}</loader></os>`
  const { domain } = planToy(toyXml({ os }))
  const check = (size: number) => () => {
    truncateSync(file, size)
    checkFlash(domain, { ...profile, flashKiB: 64 })
  }
  check(64 * 1024)()
  expect(check(2048)).toThrow(/is 64 KiB on toy; '.*' has 2 KiB: pad it with: truncate -s 64K/)
  expect(check(128 * 1024)).toThrow('it is for another machine')
  checkFlash(domain, profile)
})
