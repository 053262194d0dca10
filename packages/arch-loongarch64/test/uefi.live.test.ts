import { execFileSync } from 'node:child_process'
import {
  buildGuestImage,
  checkAsHost,
  domainXml,
  hostFilesOf,
  startGuest,
  targetsOf,
} from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { loongarch64 } from '../src/index.ts'
import { recorded } from './contexts.ts'
import { recipe } from './guest-recipe.ts'

const [guest] = loongarch64.guests
const [emulator] = guest.emulators

/** Why no guest can be started here, where none can. */
function hindrance(): string | undefined {
  const [major = 0, minor = 0] = guest.oldestEmulator?.version ?? []
  let said: string
  try {
    said = execFileSync(emulator, ['--version'], { encoding: 'utf8' })
  } catch {
    return `${emulator} is not installed (${guest.emulatorPackage})`
  }
  const [, own = 0, its = 0] = (/version (\d+)\.(\d+)/.exec(said) ?? []).map(Number)
  const isOlder = own < major || (own === major && its < minor)
  return isOlder ? `${emulator} is QEMU ${own}.${its}, older than ${major}.${minor}` : undefined
}

const uuid = '5a3c1d0e-6f70-4a52-8d4e-1f8f5a2b9c44'

/** Without <loader>: the guest's kernel comes with the UEFI that it needs. */
const machine = domainXml({
  head: `<uuid>${uuid}</uuid><maxMemory slots='2' unit='MiB'>4096</maxMemory>`,
  vcpu: '<vcpu>4</vcpu>',
  os: "<smbios mode='sysinfo'/>",
  features: '<acpi/>',
  cpu:
    "<cpu mode='custom' match='exact'><model>la464</model>" +
    "<topology sockets='1' cores='2' threads='2'/><feature policy='disable' name='lasx'/>" +
    "<numa><cell id='0' cpus='0-1' memory='512' unit='MiB'/><cell id='1' cpus='2-3' memory='512' unit='MiB'/></numa></cpu>",
  middle:
    "<sysinfo type='smbios'><system><entry name='manufacturer'>Polyvirt</entry>" +
    "<entry name='product'>Toy</entry></system></sysinfo>",
  devices: "<serial type='null'/>".repeat(4) + "<controller type='usb' index='0'/>",
})

const why = hindrance()

describe('a guest that UEFI has started', () => {
  it(`finds its machine by ACPI and SMBIOS${why === undefined ? '' : `: not run, ${why}`}`, async () => {
    if (why !== undefined) return
    const [target] = targetsOf(loongarch64, guest, recorded(), emulator)
    if (target === undefined) throw new Error('no virt in the recording')
    await using booted = await startGuest(machine, target, { image: await buildGuestImage(recipe) })
    const { report } = booted
    expect(report.firmware.dmi).toMatchObject({
      sys_vendor: 'Polyvirt',
      product_name: 'Toy',
      product_uuid: uuid,
    })
    expect(report.acpiDevices).toContain('PNP0A08')
    const { features } = loongarch64.host.read(hostFilesOf(booted.files)).cpu
    expect(features).toContain('lsx')
    expect(features).not.toContain('lasx')
    expect(report.vcpus).toMatchObject({ sockets: 1, cores: 2, threads: 2 })
    expect(report.nodes.map(({ cpus }) => cpus)).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(report.serial.filter((name) => /^ttyS\d$/.test(name))).toHaveLength(4)
    checkAsHost(booted)
  }, 1_800_000)
})
