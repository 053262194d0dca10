import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  bootScenario,
  buildGuestImage,
  checkAsHost,
  debianGuests,
  domainXml,
  startQemu,
  targetsOf,
} from '@polyvirt/conformance'
import type { DomainParts } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { aarch64 } from '../src/index.ts'
import { recorded } from './contexts.ts'

/** Debian's build of UEFI for this board (package qemu-efi-aarch64), without Secure Boot. */
const code = '/usr/share/AAVMF/AAVMF_CODE.fd'
const variables = '/usr/share/AAVMF/AAVMF_VARS.fd'
const emulator = '/usr/bin/qemu-system-aarch64'

const uuid = '5a3c1d0e-6f70-4a52-8d4e-1f8f5a2b9c44'

/** A machine that UEFI brings up: ACPI and SMBIOS describe it. */
const withUefi = (nvram: string, { devices = '', ...parts }: DomainParts): string =>
  domainXml({
    os: `<loader readonly='yes' type='pflash'>${code}</loader><nvram>${nvram}</nvram>${parts.middle === undefined ? '' : "<smbios mode='sysinfo'/>"}`,
    features: "<acpi/><gic version='3'/>",
    devices: `${devices}<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>`,
    ...parts,
  })

const described: DomainParts = {
  head: `<uuid>${uuid}</uuid>`,
  cpu: "<cpu mode='custom'><model>cortex-a72</model></cpu>",
  middle:
    "<sysinfo type='smbios'><system><entry name='manufacturer'>Polyvirt</entry>" +
    "<entry name='product'>Toy</entry></system></sysinfo>",
  devices: "<iommu model='virtio'/>",
}

const growing: DomainParts = {
  head: "<maxMemory slots='2' unit='MiB'>4096</maxMemory>",
  cpu: "<cpu mode='maximum'><numa><cell id='0' cpus='0-1' memory='512' unit='MiB'/></numa></cpu>",
  devices:
    "<memory model='dimm'><target><size unit='MiB'>256</size><node>0</node></target></memory>",
}

function virt() {
  const [target] = targetsOf(aarch64, aarch64.guests[0], recorded(), emulator)
  if (target === undefined) throw new Error('no virt in the recording')
  return target
}

/** Gives the work a copy of the firmware's variables of its own. */
async function withVariables(work: (nvram: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'polyvirt-uefi-'))
  try {
    const nvram = join(folder, 'VARS.fd')
    copyFileSync(variables, nvram)
    await work(nvram)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const missing = [
  ...(existsSync(emulator) ? [] : [`${emulator} (${aarch64.guests[0].emulatorPackage})`]),
  ...(existsSync(code) ? [] : [`${code} (qemu-efi-aarch64)`]),
]
const notRun = missing.length === 0 ? '' : `: not run, missing: ${missing.join(', ')}`

describe('UEFI', () => {
  it(`lets memory be plugged in${notRun}`, async () => {
    if (missing.length > 0) return
    await withVariables(async (nvram) => {
      await using qemu = await startQemu(withUefi(nvram, growing), virt())
      const found = await qemu.qmp.execute('query-memory-devices')
      expect(found).toMatchObject([{ type: 'dimm', data: { size: 256 * 1024 ** 2 } }])
    })
  }, 120_000)

  it(`boots a kernel that finds its machine by ACPI and SMBIOS${notRun}`, async () => {
    if (missing.length > 0) return
    await withVariables(async (nvram) => {
      const { aarch64: recipe } = debianGuests
      if (recipe === undefined) throw new Error('nobody says how to make a guest')
      const image = await buildGuestImage(recipe)
      const booted = await bootScenario(withUefi(nvram, described), virt(), { image })
      const { dmi, deviceTree } = booted.report.firmware
      expect(dmi).toMatchObject({
        sys_vendor: 'Polyvirt',
        product_name: 'Toy',
        product_uuid: uuid,
      })
      expect(deviceTree?.root['model']).toBeUndefined()
      checkAsHost(booted)
    })
  }, 1_800_000)
})
