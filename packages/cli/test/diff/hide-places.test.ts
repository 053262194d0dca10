import { describe, expect, it } from 'vitest'
import { loadXmlReader } from '../../src/core.ts'
import { parseCommandLine } from '../../src/diff/command-line.ts'
import { compareReadings } from '../../src/diff/compare.ts'
import type { Comparison, Side } from '../../src/diff/compare.ts'

const readXml = await loadXmlReader()
const side = (who: string, folder: string, words: readonly string[], inside = ''): Side => ({
  who,
  definition: readXml(`<domain>${inside}</domain>`),
  commandLine: parseCommandLine([
    ...['qemu', '-chardev', `socket,id=charmonitor,path=${folder}/domain--1-a/monitor.sock`],
    ...words,
  ]),
})
const compared = (left: Side, right: Side, source = '<domain/>'): Comparison =>
  compareReadings(left, right, readXml(source))

describe('what two hypervisors on one machine cannot have in common', () => {
  it('are folders, a domain`s name for its own, and numbers of open files', () => {
    const [ours, theirs] = (
      [
        ['/run/polyvirt', '/var/lib/polyvirt', '/run/polyvirt/channel/target'],
        [
          '/h/.config/libvirt/qemu/lib',
          '/h/.config/libvirt/qemu',
          '/h/.config/libvirt/qemu/channel/target',
        ],
      ] as const
    ).map(([run, lib, channel], at) =>
      side(
        `${at}`,
        run,
        [
          ...[
            '-object',
            `secret,id=k,file=${run}/domain-${at + 1}-${'a'.repeat(at + 1)}/master-key.aes`,
          ],
          ...['-chardev', `socket,id=c,path=${channel}/domain--1-a/agent`],
          ...['-netdev', `tap,id=n,fds=${at}:1${at},vhostfd=${at}7`],
          ...['-add-fd', `set=${at},fd=${at}`],
          ...['-blockdev', `file,node-name=f,filename=/dev/fdset/${at}`],
          ...['-object', `memory-backend-file,id=m,mem-path=${lib}/ram/${at}-a/dimm0`],
        ],
        `<os><nvram>${lib}/nvram/a_VARS.fd</nvram></os>`,
      ),
    )
    expect(ours && theirs && compared(ours, theirs)).toMatchObject({
      equal: true,
      definition: [],
      commandLine: [],
    })
  })

  it('are ports they choose and the time of the asking, and no others', () => {
    const words = (port: number, time: string): readonly string[] => [
      ...['-vnc', `127.0.0.1:${port}`, '-rtc', `base=${time},driftfix=slew`],
    ]
    const chosen = `<clock offset='variable'/><devices><graphics type='vnc' autoport='yes'/></devices>`
    const [one, two] = [words(0, '2026-01-01T00:00:00'), words(1, '2026-01-01T00:00:01')]
    expect(compared(side('a', '/a/b', one, chosen), side('b', '/a/b', two, chosen)).equal).toBe(
      true,
    )
    expect(compared(side('a', '/a/b', one), side('b', '/a/b', two)).commandLine).toMatchObject([
      { path: '-vnc display' },
      { path: '-rtc base' },
    ])
  })

  it('are labels and groups of the host, unless the document has them', () => {
    const [left, right] = [
      side('a', '/a/b', []),
      side('b', '/a/b', [], "<seclabel type='dynamic'/>"),
    ]
    expect(compared(left, right)).toMatchObject({
      equal: true,
      remarks: ['<seclabel> is not compared: the host decides it'],
    })
    expect(compared(left, right, '<domain><seclabel/></domain>')).toMatchObject({
      equal: false,
      remarks: [],
    })
  })
})

describe('anything else', () => {
  it('counts, such as a folder that looks like a domain`s', () => {
    const words = (name: string): readonly string[] => ['-kernel', `/boot/domain-1-${name}/vmlinuz`]
    expect(compared(side('a', '/a/b', words('a')), side('b', '/a/b', words('b'))).equal).toBe(false)
  })

  it('and one who refuses is not equal to one who accepts', () => {
    const accepts = side('a', '/a/b', [])
    const stores: Side = { who: 'b', definition: readXml('<domain/>'), refusal: 'no' }
    const refuses: Side = { who: 'c', refusal: 'no' }
    expect(compared(accepts, stores)).toMatchObject({ equal: false, definition: [] })
    expect(compared(stores, refuses).equal).toBe(false)
    expect(compared(refuses, refuses)).toEqual({
      equal: true,
      left: { who: 'c', refusal: 'no', has: [] },
      right: { who: 'c', refusal: 'no', has: [] },
      remarks: [],
    })
  })
})
