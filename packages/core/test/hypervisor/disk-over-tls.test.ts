import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { certificates } from '../support/certificates.ts'
import { testRoot } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestXml } from '../support/real-arch.ts'

const starter = join(import.meta.dirname, '../support/start-child.ts')

/** Starts the guest where /etc is this folder; what the one says who starts it. */
function startWith(etc: string, { uri }: TestRoot): string {
  const words = ['--conditions=@polyvirt/source', starter, uri, 'a']
  const inner = `mount --bind ${etc} /etc && exec "$@"`
  return execFileSync(
    'unshare',
    ['--mount', '--propagation', 'private', 'sh', '-c', inner, 'sh', process.execPath, ...words],
    { encoding: 'utf8' },
  )
}

function mayMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '--bind', '/tmp', '/tmp'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A server of an image that talks to those alone whom its authority vouches for; its port. */
async function serve(dir: string, pki: string): Promise<number> {
  const image = join(dir, 'served.raw')
  execFileSync('qemu-img', ['create', '-q', '-f', 'raw', image, '1M'])
  const port = 20_000 + (process.pid % 20_000)
  const server = spawn(
    'qemu-nbd',
    [
      ...['--object', `tls-creds-x509,id=t,dir=${pki},endpoint=server,verify-peer=on`],
      ...['--tls-creds', 't', '-b', '127.0.0.1', '-p', String(port), '-f', 'raw', '-t', image],
    ],
    { stdio: 'ignore' },
  )
  const gone = once(server, 'exit')
  onTestFinished(async () => {
    server.kill()
    await gone
  })
  const listens = (): boolean =>
    execFileSync('ss', ['-Hltn', `sport = :${port}`], { encoding: 'utf8' }).includes(`:${port}`)
  while (server.exitCode === null && !listens()) await sleep(20)
  return port
}

const onServer = (port: number, host = 'localhost', words = ''): string =>
  `<disk type='network'><driver type='raw'/><source protocol='nbd' tls='yes' ${words}><host name='${host}' port='${port}'/></source><target dev='vda' bus='virtio'/></disk>`

const missing = mayMount() ? '' : ' (not run: /etc cannot be another folder for a process here)'

describe('a disk over TLS', () => {
  test('is refused where nobody vouches for the server', async () => {
    if (existsSync('/etc/pki/qemu/ca-cert.pem')) return
    const hypervisor = await testRoot().open()
    await hypervisor.domainDefineXml(guestXml({ name: 'a', devices: onServer(1) }))
    await expect(hypervisor.domainCreate('a')).rejects.toThrow(
      'TLS needs the certificate of whoever vouches for the server, /etc/pki/qemu/ca-cert.pem',
    )
  })

  test.skipIf(missing !== '')(
    `is there with the certificates of /etc/pki/qemu${missing}`,
    async () => {
      const root = testRoot()
      const etc = join(root.dir, 'etc-there')
      cpSync('/etc', etc, { recursive: true, verbatimSymlinks: true })
      const pki = certificates(join(etc, 'pki/qemu'))
      const port = await serve(root.dir, pki)
      const hypervisor = await root.open()
      await hypervisor.domainDefineXml(guestXml({ name: 'a', devices: onServer(port) }))
      expect(startWith(etc, root)).toBe('started\n')
      expect(await hypervisor.domainGetBlockInfo('a', 'vda')).toMatchObject({
        capacityBytes: 1024 * 1024,
      })
      await hypervisor.domainDestroy('a')

      // The certificate is of localhost: of another name it is nobody's, unless that is said to be it.
      await hypervisor.domainDefineXml(
        guestXml({ name: 'a', devices: onServer(port, '127.0.0.1') }),
      )
      expect(startWith(etc, root)).toMatch(/certificate does not match the hostname 127\.0\.0\.1/i)
      const named = onServer(port, '127.0.0.1', "tlsHostname='localhost'")
      await hypervisor.domainDefineXml(guestXml({ name: 'a', devices: named }))
      expect(startWith(etc, root)).toBe('started\n')
      await hypervisor.domainDestroy('a')

      rmSync(join(pki, 'client-key.pem'))
      expect(startWith(etc, root)).not.toBe('started\n')
      expect(root.guests()).toEqual([])
    },
  )
})
