import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readCommandLine, writeCommandLine } from './command-line.ts'
import { SampleHost } from './sample-host.ts'
import { standIns } from './stand-ins.ts'

let folder = ''
let host: SampleHost

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pvm-test-'))
  host = new SampleHost(join(folder, '0'), join(folder, 'images'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The arguments as the sample machine runs them. */
function fitted(...args: readonly string[]): readonly string[] {
  const { program, options } = readCommandLine(['/usr/bin/qemu-system-x86_64', ...args])
  return writeCommandLine(standIns(program, options, host))
}

test.each([
  [['-S', '-name', 'guest=a,,b,debug-threads=on', '-no-shutdown', '-m', '512']],
  [['-device', '{"driver":"virtio-blk-pci","drive":"a"}', '-append', 'a=1,b,,c']],
  [['-machine', 'pc,usb=off', '-numa', 'dist,src=0,dst=1,val=21']],
  [['-fsdev', 'local,id=f,path=/tmp,readonly']],
])('A command line is written as it was read: %j', (args) => {
  const { options } = readCommandLine(['qemu', ...args])
  expect(writeCommandLine(options)).toEqual(args)
})

describe('On the sample machine', () => {
  test('what is the guest’s stays as it is', () => {
    const args = ['-cpu', 'max', '-smp', '2,sockets=1', '-device', '{"driver":"e1000","id":"net0"}']
    expect(fitted(...args)).toEqual(args)
  })

  test('no path leads out of the private folder', () => {
    const args = fitted(
      ...['-chardev', 'socket,id=charmonitor,path=/run/monitor.sock,server=on,wait=off'],
      ...['-chardev', 'file,id=a,path=/var/log/a.log,logfile=/var/log/b.log'],
      ...['-blockdev', '{"driver":"file","filename":"/images/a.raw","node-name":"s"}'],
      ...['-blockdev', '{"driver":"host_device","filename":"/dev/sda","node-name":"t"}'],
      ...['-object', '{"qom-type":"memory-backend-file","id":"m","mem-path":"/dev/shm/m"}'],
      ...['-fsdev', 'local,security_model=none,id=f,path=/home/me'],
      ...['-kernel', '/boot/vmlinuz', '-initrd', '/boot/initrd'],
      ...['-vnc', '0.0.0.0:1,websocket=5700', '-spice', 'port=5900,addr=0.0.0.0'],
    )
    const paths = args.join('\n').match(/(?<=[=:"\n])\/[^,"\n]+/g) ?? []
    expect(paths.length).toBeGreaterThanOrEqual(10)
    expect(paths.filter((path) => !path.startsWith(folder))).toEqual([])
  })

  test('nothing listens on or connects to a network', () => {
    const args = fitted(
      ...['-chardev', 'socket,id=a,host=192.0.2.1,port=80,reconnect=1'],
      ...['-chardev', 'udp,id=b,host=192.0.2.1,port=80'],
      ...['-netdev', '{"type":"socket","connect":"192.0.2.1:80","id":"n"}'],
      ...['-blockdev', '{"driver":"nbd","server":{"host":"192.0.2.1"},"node-name":"s"}'],
      ...['-vnc', '192.0.2.1:1', '-spice', 'port=5900,tls-port=5901,addr=192.0.2.1'],
    )
    expect(args.join('\n')).not.toMatch(/192\.0\.2\.1|port=/)
  })

  test('one path gets one stand-in, and a slice has room in it', () => {
    const [, first = '', , second = ''] = fitted(
      ...['-blockdev', '{"driver":"file","filename":"/a","node-name":"s"}'],
      ...['-blockdev', '{"driver":"file","filename":"/a","node-name":"t"}'],
      ...['-blockdev', '{"driver":"raw","file":"s","node-name":"u","size":1000000000}'],
    )
    const name = (text: string): string => (JSON.parse(text) as { filename: string }).filename
    expect(name(first)).toBe(name(second))
    expect(existsSync(name(first))).toBe(true)
    expect(statSync(name(first)).size).toBeGreaterThanOrEqual(1_000_000_000)
  })

  test('devices that need the host’s are left out', () => {
    expect(fitted('-device', '{"driver":"vfio-pci","host":"0000:00:01.0"}')).toEqual([])
    expect(fitted('-tpmdev', 'emulator,id=t,chardev=c')).toEqual([])
  })
})
