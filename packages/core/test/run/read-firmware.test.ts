import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { descriptorOf, readFirmware } from '../../src/run/read-firmware.ts'
import { tempDir } from '../support/temp-dir.ts'

const descriptor = (filename: string): object => ({
  'interface-types': ['uefi'],
  mapping: {
    device: 'flash',
    executable: { filename, format: 'raw' },
    'nvram-template': { filename: '/vars.fd', format: 'raw' },
  },
  targets: [{ architecture: 'toy64', machines: ['toy-*'] }],
  features: ['secure-boot'],
})

const installed = (): boolean => true

function folder(files: Readonly<Record<string, string>>): string {
  const path = join(tempDir(), 'firmware')
  mkdirSync(path)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return path
}

describe('firmware descriptors of the host', () => {
  test('are read in the order of their names, whichever folder they are in', () => {
    const own = folder({ '50-b.json': JSON.stringify(descriptor('/b')) })
    const shipped = folder({
      '60-c.json': JSON.stringify(descriptor('/c')),
      '40-a.json': JSON.stringify(descriptor('/a')),
    })
    expect(readFirmware([own, shipped], installed).map(({ executable }) => executable)).toEqual([
      '/a',
      '/b',
      '/c',
    ])
  })

  test('are hidden by one of the same name in a more important folder, even an empty one', () => {
    const own = folder({ '40-a.json': '', '50-b.json': JSON.stringify(descriptor('/mine')) })
    const shipped = folder({
      '40-a.json': JSON.stringify(descriptor('/a')),
      '50-b.json': JSON.stringify(descriptor('/b')),
    })
    expect(readFirmware([own, shipped], installed).map(({ executable }) => executable)).toEqual([
      '/mine',
    ])
  })

  test('that are broken, huge or of another shape are left out', () => {
    const broken = folder({
      '10.json': '{',
      '20.json': '[]',
      '30.json': JSON.stringify({ mapping: { device: 'flash', executable: { filename: 7 } } }),
      '40.json': JSON.stringify({ ...descriptor('/x'), padding: 'x'.repeat(70_000) }),
      '50.json': JSON.stringify(descriptor('/good')),
      README: 'no descriptor',
    })
    expect(readFirmware([broken, '/nowhere'], installed)).toEqual([
      {
        interfaces: ['uefi'],
        device: 'flash',
        executable: '/good',
        executableFormat: 'raw',
        nvramTemplate: '/vars.fd',
        targets: [{ architecture: 'toy64', machines: ['toy-*'] }],
        features: ['secure-boot'],
      },
    ])
  })

  test('of files that are not installed are left out', () => {
    const shipped = folder({
      '10.json': JSON.stringify(descriptor('/missing')),
      '20.json': JSON.stringify(descriptor('/there')),
    })
    const found = readFirmware([shipped], (path) => path === '/there')
    expect(found.map(({ executable }) => executable)).toEqual(['/there'])
  })

  test.each([null, 7, 'text', { mapping: null }, { mapping: { device: 'disk', filename: '/x' } }])(
    '%j is none',
    (json) => {
      expect(descriptorOf(json)).toBeUndefined()
    },
  )
})
