import { describe, expect, test } from 'vitest'
import type { Domain } from '../../src/domain/domain.ts'
import type { PlanContext } from '../../src/plan/plan-context.ts'
import { selectFirmware, withFirmware } from '../../src/plan/select-firmware.ts'
import type { FirmwareDescriptor } from '../../src/plan/select-firmware.ts'

const firmware = (
  executable: string,
  features: readonly string[],
  machines: readonly string[] = ['board-*'],
): FirmwareDescriptor => ({
  interfaces: ['uefi'],
  device: 'flash',
  executable,
  executableFormat: 'raw',
  nvramTemplate: `${executable}.vars`,
  targets: [{ architecture: 'toy64', machines }],
  features,
})

const secure = firmware('/secure', ['secure-boot', 'enrolled-keys', 'requires-smm'])
const plain = firmware('/plain', ['acpi-s3'])

/** As much of a plan as the choice looks at. */
const context = (firmwares: readonly FirmwareDescriptor[], machine = 'board-1.0'): PlanContext =>
  ({
    firmwares: () => firmwares,
    guest: { name: 'toy', firmwareName: 'toy64', firmwarePackage: 'toy-efi' },
    machine: { name: machine },
  }) as never

const domain = (os: object, more: object = {}): Domain =>
  ({
    type: 'qemu',
    name: 'guest',
    vcpus: 1,
    os: { type: 'hvm', ...os },
    devices: {},
    ...more,
  }) as never

describe('the firmware that a document asks for by its kind', () => {
  test('is the first that fits', () => {
    expect(selectFirmware(domain({ firmware: 'efi' }), context([secure, plain]))?.loader).toBe(
      '/secure',
    )
  })

  test('has what is asked for, and has not what is refused', () => {
    const without = { firmwareFeatures: [{ name: 'secure-boot', enabled: false }] }
    const chosen = selectFirmware(domain({ firmware: 'efi', ...without }), context([secure, plain]))
    expect(chosen?.loader).toBe('/plain')
  })

  test('needs no system management mode where the document turns it off', () => {
    const off = domain({ firmware: 'efi' }, { features: { smm: 'off' } })
    expect(selectFirmware(off, context([secure, plain]))?.loader).toBe('/plain')
  })

  test('turns on what it needs for the run, and gets variables of the guest’s own', () => {
    const run = withFirmware(domain({ firmware: 'efi' }), context([secure]), '/nvram')
    expect(run.features?.smm).toBe('on')
    expect(run.os).toMatchObject({
      loader: '/secure',
      loaderType: 'pflash',
      loaderSecure: true,
      nvram: '/nvram/guest_VARS.fd',
      nvramTemplate: '/secure.vars',
    })
  })

  const named = { loader: '/secure', loaderType: 'pflash', loaderReadonly: true }

  test('is known by its file as well: it gets what it needs, and variables that begin as its own', () => {
    const run = withFirmware(domain(named), context([plain, secure]), '/nvram')
    expect(run.features?.smm).toBe('on')
    expect(run.os).toMatchObject({
      loaderSecure: true,
      nvram: '/nvram/guest_VARS.fd',
      nvramTemplate: '/secure.vars',
    })
    const off = domain(named, { features: { smm: 'off' } })
    expect(() => withFirmware(off, context([secure]), '/nvram')).toThrow(
      `the firmware '/secure' needs system management mode`,
    )
    const elsewhere = withFirmware(domain(named), context([secure], 'other-1.0'), '/nvram')
    expect([elsewhere.features, elsewhere.os.loaderSecure]).toEqual([undefined, undefined])
  })

  test('keeps variables that the document names', () => {
    const named = domain({ firmware: 'efi', nvram: '/mine.fd' })
    expect(withFirmware(named, context([plain]), '/nvram').os.nvram).toBe('/mine.fd')
  })

  test('is a qcow2 image where that is asked for, with variables alike', () => {
    const image = { ...plain, executable: '/image', executableFormat: 'qcow2' }
    const all = context([image, plain])
    expect(selectFirmware(domain({ firmware: 'efi' }), all)?.loader).toBe('/plain')
    const wanted = domain({ firmware: 'efi', loaderFormat: 'qcow2' })
    expect(withFirmware(wanted, all, '/vars').os).toMatchObject({
      loader: '/image',
      loaderFormat: 'qcow2',
      nvram: '/vars/guest_VARS.qcow2',
      nvramFormat: 'qcow2',
    })
    expect(() => selectFirmware(wanted, context([plain]))).toThrow(
      "/plain: is in format raw, and qcow2 is meant (<loader format='…'/>)",
    )
  })

  test('leaves variables where a <source> says that they are', () => {
    const source = { nvramType: 'file', nvramSource: { file: '/mine' } }
    const { os } = withFirmware(domain({ firmware: 'efi', ...source }), context([plain]), '/vars')
    expect(os).toMatchObject({ ...source, nvramTemplate: '/plain.vars' })
    expect(os.nvram).toBeUndefined()
  })

  test('is not looked for where the document names a loader, or asks for none', () => {
    const own = domain({ firmware: 'efi', loader: '/own' })
    expect(withFirmware(own, context([]), '/nvram')).toBe(own)
    const none = domain({})
    expect(withFirmware(none, context([]), '/nvram')).toBe(none)
  })

  test('is for this machine: a point in a pattern is a point', () => {
    const other = firmware('/other', [], ['board-1.0*'])
    expect(() =>
      selectFirmware(domain({ firmware: 'efi' }), context([other], 'board-110')),
    ).toThrow(/no firmware descriptor of this host is for toy board-110/)
  })

  test('of the older kind is what the board has, and in no package of the newer', () => {
    expect(() => selectFirmware(domain({ firmware: 'bios' }), context([plain]))).toThrow(
      "no firmware satisfies 'bios': no firmware descriptor of this host is for toy board-1.0; leave it out for what the board has, or name its file with <loader>",
    )
  })

  test('says why none fits, each by its file', () => {
    const keys = { firmwareFeatures: [{ name: 'enrolled-keys', enabled: true }] }
    expect(() => selectFirmware(domain({ firmware: 'efi', ...keys }), context([plain]))).toThrow(
      /\/plain: has no enrolled-keys; install one \(Debian: toy-efi\), or name its file/,
    )
  })
})
