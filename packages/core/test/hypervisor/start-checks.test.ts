import { rmSync, writeFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DomainError } from '../../src/errors.ts'
import { checkFiles } from '../../src/hypervisor/start-checks.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'

/** What is missing for these devices, by its place. */
function missing(devices: string): Readonly<Record<string, string>> {
  const { domain } = parseDomain(
    `<domain type='qemu'><name>x</name><os><type>hvm</type></os><devices>${devices}</devices></domain>`,
  )
  try {
    checkFiles(domain)
    return {}
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]))
  }
}

const card = (name: string): string =>
  `<interface type='bridge'><source bridge='br0'/><backend vhost='/no/vhost-net'/><driver name='${name}' queues='4'/></interface>`

describe('a start looks at what it needs of the host', () => {
  test('and says which image is missing', () => {
    expect(
      missing(`<disk type='file'><source file='/no/image'/><target dev='vda'/></disk>`),
    ).toEqual({ 'devices/disk[1]/source/@file': `'/no/image' does not exist` })
  })

  test('and how a kernel comes to move packets itself', () => {
    expect(missing(card('vhost'))).toEqual({
      'devices/interface[1]/driver/@name': `the host has no '/no/vhost-net'; load its driver with: modprobe vhost_net, or use name='qemu'`,
    })
    expect(missing(card('qemu'))).toEqual({})
  })

  test('and which shared memory was left behind in another size', () => {
    const name = `polyvirt-test-${process.pid}`
    const file = `/dev/shm/${name}`
    const shmem = `<shmem name='${name}'><model type='ivshmem-plain'/><size unit='M'>1</size></shmem>`
    expect(missing(shmem)).toEqual({})
    onTestFinished(() => rmSync(file, { force: true }))
    writeFileSync(file, Buffer.alloc(4096))
    expect(missing(shmem)).toEqual({
      'devices/shmem[1]/size': `'${file}' has 4096 bytes, and 1048576 are asked for; where nobody uses it any more, remove it`,
    })
    writeFileSync(file, Buffer.alloc(1_048_576))
    expect(missing(shmem)).toEqual({})
  })

  test.each(['evdev', 'passthrough'])(
    'and which input of the host is not plugged in: %s',
    (type) => {
      const attributes = type === 'evdev' ? 'dev' : 'evdev'
      const bus = type === 'evdev' ? '' : ` bus='virtio'`
      expect(
        missing(`<input type='${type}'${bus}><source ${attributes}='/dev/no-mouse'/></input>`),
      ).toEqual({
        [`devices/input[1]/source/@${attributes}`]: `'/dev/no-mouse' does not exist`,
      })
      expect(
        missing(`<input type='${type}'${bus}><source ${attributes}='/dev/null'/></input>`),
      ).toEqual({})
    },
  )
})
