import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  badDevices,
  disk,
  literalDevices,
  manyDisks,
  otherDevices,
  passthrough,
  rng,
  unixSerial,
} from './cases/devices.ts'
import { escaped, guestXml } from './support/guest-xml.ts'
import { byId, held, heldRow, titled, titleOf } from './support/numbered.ts'
import { definitionEntries, openReaders } from './support/readers.ts'
import type { Readers } from './support/readers.ts'
import { expectHarmless, expectRefused } from './support/refusal.ts'

let bed: Readers
beforeAll(async () => {
  bed = await openReaders()
}, 60_000)
afterEach(async () => {
  await bed.reset()
  rmSync(bed.file('executed'), { force: true })
})
afterAll(() => bed.dispose(), 60_000)

const title = (id: string): string => titleOf(byId(otherDevices, id))
const withDevices = (devices: string): string => guestXml({ devices })
const argvOf = async (xml: string): Promise<readonly string[]> =>
  (await bed.hypervisor.connectDomainXmlToNative(xml)).argv
/** The word behind an option. */
const after = (argv: readonly string[], option: string): string | undefined =>
  argv[argv.indexOf(option) + 1]

describe('P: a device that is refused by every command that takes a definition', () => {
  test.for(titled(badDevices))(
    '%s',
    heldRow(async (row) => {
      const before = bed.bytes()
      for (const entry of definitionEntries) {
        const answer = await bed.read(entry, guestXml(row.parts))
        expectRefused(answer, row)
        expectHarmless(answer.stderr)
      }
      expect(bed.bytes()).toBe(before)
      expect(bed.processes()).toEqual([])
    }),
  )

  const alone = badDevices.filter(({ parts: { devices = '' } }) =>
    /^<(disk|rng|interface|channel)\b(?:(?!<\1\b).)+$/s.test(devices),
  )
  test.for(titled(alone))(
    '%s: attached by itself',
    heldRow(async (row) => {
      const before = bed.state()
      const { code, says } = row
      const answer = await bed.read('attach-device', row.parts.devices ?? '')
      expectRefused(answer, { says, ...(code !== undefined && { code }) })
      expect(bed.state()).toBe(before)
    }),
  )
})

describe('P: what stays what it is', () => {
  test.for(titled(literalDevices))(
    '%s: ends up in the path',
    heldRow(async ({ text }) => {
      const argv = await argvOf(withDevices(disk(text)))
      const nodes = argv.filter((_word, i) => argv[i - 1] === '-blockdev')
      expect(nodes.map((node) => JSON.parse(node) as unknown)).toMatchObject([
        { driver: 'file', filename: text },
        { driver: 'raw' },
      ])
    }),
  )

  test(
    `${title('P-07')}; ${title('P-08')}`,
    held(async () => {
      const [kernel, initrd, cmdline] = ['/k,x=y', '/i,x=y', `a,b "c" 'd'\ne`]
      const inside = `<kernel>${kernel}</kernel><initrd>${initrd}</initrd><cmdline>${escaped(cmdline)}</cmdline>`
      const os = `<os><type arch='x86_64' machine='pc'>hvm</type>${inside}</os>`
      const argv = await argvOf(guestXml({ os }))
      expect(after(argv, '-kernel')).toBe(kernel)
      expect(after(argv, '-initrd')).toBe(initrd)
      expect(after(argv, '-append')).toBe(cmdline)
    }),
  )

  test(
    title('P-09'),
    held(async () => {
      const argv = await argvOf(withDevices(unixSerial('/s,x=y')))
      expect(argv.find((word) => word.startsWith('socket,id=charserial0'))).toBe(
        'socket,id=charserial0,path=/s,,x=y,server=on,wait=off',
      )
    }),
  )

  test(
    title('P-18'),
    held(async () => {
      const vnc = `<graphics type='vnc'><listen type='socket' socket='/s,x=y'/></graphics>`
      expect(after(await argvOf(withDevices(vnc)), '-vnc')).toMatch(/^vnc=unix:\/s,,x=y/)
    }),
  )

  test(
    title('P-13'),
    held(async () => {
      const argv = await argvOf(withDevices(rng(`<alias name='balloon0'/>`)))
      expect(argv.filter((word) => word.includes('"balloon0"'))).toEqual([])
      expect(argv.filter((word) => word.includes('"rng0"'))).toHaveLength(1)
    }),
  )

  test(
    title('P-20'),
    held(async () => {
      const body = `<qemu:arg value='-snapshot'/><qemu:env name='A' value='b'/>`
      const { warnings, argv } = await bed.hypervisor.connectDomainXmlToNative(
        guestXml(passthrough(body)),
      )
      expect(warnings.map(({ message }) => message)).toEqual([
        expect.stringContaining('tainted (custom-argv)'),
        expect.stringContaining('tainted (custom-env)'),
      ])
      expect(argv).toContain('-snapshot')
    }),
  )

  test(
    title('P-30'),
    held(async () => {
      const disks = manyDisks(1000, 'sd').replaceAll(`'/><target`, `'/><target bus='scsi'`)
      const argv = await argvOf(withDevices(disks))
      expect(argv.filter((word) => word.startsWith('{"driver":"scsi-hd"'))).toHaveLength(1000)
    }),
  )

  test(
    title('P-32'),
    held(async () => {
      const card = `<interface type='user'><mac address='52:54:00:00:00:01'/></interface>`
      const { warnings } = await bed.hypervisor.connectDomainXmlToNative(withDevices(card + card))
      expect(warnings.map(({ message }) => message)).toEqual([
        'MAC address 52:54:00:00:00:01 is already used by devices/interface[1]',
      ])
    }),
  )
})

describe('P-21: a file that is no emulator is never executed', () => {
  const files: Readonly<Record<string, (dir: string) => string>> = {
    '/bin/sh': () => '/bin/sh',
    'a file that is not there': () => '/nope/qemu-system-x86_64',
    'a folder': (dir) => dir,
    'a relative path': () => 'qemu-system-x86_64',
    'an empty path': () => '',
    'a text without #!': (dir) => script(`${dir}/qemu-system-text`, '', 0o755),
    'a setuid program': (dir) => script(`${dir}/qemu-system-suid`, '#!/bin/sh\n', 0o4755),
    'a program that others may change': (dir) =>
      script(`${dir}/qemu-system-open`, '#!/bin/sh\n', 0o777),
    'a link to a shell': (dir) => {
      const target = script(`${dir}/shell`, '#!/bin/sh\n', 0o755)
      symlinkSync(target, `${dir}/qemu-system-link`)
      return `${dir}/qemu-system-link`
    },
    'a file in a folder that others may change': (dir) => {
      mkdirSync(`${dir}/open`)
      chmodSync(`${dir}/open`, 0o777)
      return script(`${dir}/open/qemu-system-x`, '#!/bin/sh\n', 0o755)
    },
  }

  /** A program that leaves a trace where it is executed. */
  function script(path: string, head: string, mode: number): string {
    writeFileSync(path, `${head}touch ${bed.file('executed')}\n`)
    chmodSync(path, mode)
    return path
  }

  for (const [what, make] of Object.entries(files))
    test(
      `P-21 ${what}`,
      held(async () => {
        const dir = bed.file(`emulators-${Object.keys(files).indexOf(what)}`)
        mkdirSync(dir, { mode: 0o700 })
        const path = make(dir)
        const xml = withDevices(`<emulator>${path}</emulator>`)
        const before = bed.state()
        for (const entry of definitionEntries) {
          const answer = await bed.read(entry, xml)
          expectRefused(answer, {
            code: 'ERR_CONFIG_UNSUPPORTED',
            path: 'devices/emulator',
            at: '9:1',
            says: `emulator '${path}' `,
          })
        }
        const asked = await bed.cli(['domcapabilities', '--emulatorbin', path])
        expect(asked.code).toBe(1)
        expect(existsSync(bed.file('executed'))).toBe(false)
        expect(bed.state()).toBe(before)
      }),
    )
})

interface FailedStart {
  readonly id: string
  readonly what?: string
  /** Devices of the guest; makes what they name. */
  readonly make: () => string
  readonly path: string
  readonly says: string
}

const qemuImg = (...words: string[]): void => {
  execFileSync('qemu-img', words, { stdio: 'pipe' })
}
const qcow2 = (file: string): string =>
  `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${file}'/><target dev='vda'/></disk>`
const raw = (name: string): string => {
  const path = bed.file(name)
  if (!existsSync(path)) writeFileSync(path, Buffer.alloc(1024 * 1024), { mode: 0o600 })
  return path
}
const first = 'devices/disk[1]/source/@file'

const failedStarts: readonly FailedStart[] = [
  { id: 'P-22', make: () => disk('/nope.img'), path: first, says: `'/nope.img' does not exist` },
  { id: 'P-23', make: () => disk('/nope/x'), path: first, says: `'/nope/x' does not exist` },
  { id: 'P-24', make: () => disk('/tmp'), path: first, says: `'/tmp' is a directory` },
  {
    id: 'P-25',
    make: () => {
      execFileSync('mkfifo', [bed.file('fifo')])
      return disk(bed.file('fifo'))
    },
    path: first,
    says: 'is not a regular file',
  },
  {
    id: 'P-26',
    make: () => disk('/dev/null'),
    path: first,
    says: `'/dev/null' is not a regular file`,
  },
  {
    id: 'P-27',
    make: () => disk(raw('first.img')) + disk('/nope', '', 'vdb'),
    path: 'devices/disk[2]/source/@file',
    says: `'/nope' does not exist`,
  },
  {
    id: 'P-33',
    make: () => `<interface type='bridge'><source bridge='nobr0'/></interface>`,
    path: 'devices/interface[1]/source/@bridge',
    says: `there is no bridge 'nobr0' on this host; make it with: ip link add`,
  },
  {
    id: 'P-34',
    make: () =>
      `<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='0xff' slot='0x1f' function='7'/></source></hostdev>`,
    path: 'devices/hostdev[1]/source/address',
    says: 'the host has no PCI device 0000:ff:1f.7',
  },
]

const images: readonly FailedStart[] = [
  {
    id: 'P-28',
    what: 'raw given as qcow2',
    make: () => qcow2(raw('raw.img')),
    path: '',
    says: 'Image is not in qcow2 format',
  },
  {
    id: 'P-28',
    what: 'an image that stands on /etc/shadow',
    make: () => {
      qemuImg('create', '-f', 'qcow2', '-b', '/etc/shadow', '-F', 'raw', bed.file('s.q'), '1M')
      return qcow2(bed.file('s.q'))
    },
    path: '',
    says: '/etc/shadow',
  },
  {
    id: 'P-28',
    what: 'images that stand on each other',
    make: () => {
      const [a, b] = [bed.file('a.q'), bed.file('b.q')]
      qemuImg('create', '-f', 'qcow2', a, '1M')
      qemuImg('create', '-f', 'qcow2', '-b', a, '-F', 'qcow2', b)
      qemuImg('rebase', '-u', '-f', 'qcow2', '-b', b, '-F', 'qcow2', a)
      return qcow2(a)
    },
    path: '',
    says: 'a.q',
  },
  {
    id: 'P-28',
    what: 'an image that stands on a server',
    make: () => {
      const file = bed.file('j.q')
      const server = 'json:{"driver":"nbd","server":{"type":"inet","host":"127.0.0.1","port":"9"}}'
      qemuImg('create', '-u', '-f', 'qcow2', '-F', 'raw', '-b', server, file, '1M')
      return qcow2(file)
    },
    path: '',
    says: 'j.q',
  },
]

describe('P: a start that fails before QEMU or by it, and leaves nothing', () => {
  test.for(
    titled(
      [...failedStarts, ...images].map((row) => ({
        ...row,
        what: row.what ?? byId(otherDevices, row.id).what,
      })),
    ),
  )(
    '%s',
    heldRow(async ({ make, path, says }) => {
      const { hypervisor } = bed
      await hypervisor.domainDefineXml(withDevices(make()))
      const answer = await bed.cli(['--json', 'start', 'guest'])
      const { code, problems } = toldProblems(answer.stderr)
      expect(answer.code).toBe(1)
      expect(problems.map(({ message }) => message).join('\n')).toContain(says)
      if (path !== '') expect(problems[0]).toMatchObject({ path })
      expect(code).toMatch(/^ERR_/)
      expectHarmless(answer.stderr)
      const state = await hypervisor.domainGetState('guest')
      expect(state).toEqual({ state: 'shut off', reason: 'failed' })
      expect(bed.processes()).toEqual([])
      expect(readdirSync(`${bed.dir}/run`).filter((name) => name.startsWith('domain-'))).toEqual([])
      // Again is the same again, and the next start of a good guest is not held up.
      expect((await bed.cli(['--json', 'start', 'guest'])).code).toBe(1)
      await hypervisor.domainUndefine('guest')
    }),
  )

  const otherNames: Readonly<Record<string, (path: string) => string>> = {
    'under the same path': (path) => path,
    'by a symbolic link': (path) => linked(path, symlinkSync),
    'by a hard link': (path) => linked(path, linkSync),
  }
  for (const [how, name] of Object.entries(otherNames))
    test(
      `${title('P-29')}: ${how}`,
      held(async () => {
        const { hypervisor } = bed
        const path = raw('shared.img')
        for (const [guest, file] of [
          ['first', path],
          ['second', name(path)],
        ]) {
          await hypervisor.domainDefineXml(
            guestXml({ name: `<name>${guest}</name>`, devices: disk(file ?? '') }),
          )
        }
        await hypervisor.domainCreate('first', { paused: true })
        const error: unknown = await hypervisor
          .domainCreate('second')
          .catch((cause: unknown) => cause)
        expect(error).toMatchObject({ name: 'DomainError' })
        expect((error as Error).message).toContain(`domain 'first'`)
        expect(await hypervisor.domainGetState('first')).toMatchObject({ state: 'paused' })
        await hypervisor.domainDestroy('first')
        for (const guest of ['first', 'second']) await hypervisor.domainUndefine(guest)
        expect(bed.processes()).toEqual([])
      }),
    )
})

function linked(path: string, link: (from: string, to: string) => void): string {
  const other = `${path}.${link.name}`
  link(path, other)
  return other
}

function toldProblems(stderr: string): {
  readonly code: string
  readonly problems: readonly { readonly path?: string; readonly message: string }[]
} {
  const line = stderr.split('\n').find((one) => one.startsWith('{"error":')) ?? '{"error":{}}'
  return (JSON.parse(line) as { error: ReturnType<typeof toldProblems> }).error
}
