import { describe, expect, it } from 'vitest'
import { domainError } from '../src/core.ts'
import { recordingHypervisor } from './recording-hypervisor.ts'
import type { Recording } from './recording-hypervisor.ts'
import { run } from './run-in-memory.ts'
import { scratch } from './scratch.ts'

const work = scratch('polyvirt-change-')

const verbs = [
  ...['domainAttachDevice', 'domainDetachDevice', 'domainDetachDeviceAlias'],
  ...['domainUpdateDevice', 'domainChangeMedia'],
]

/** Takes changes of devices. */
async function taking(running = true): Promise<Recording> {
  const changed = { xml: '<disk/>', alias: 'virtio-disk1', warnings: [] }
  const recording = await recordingHypervisor(verbs, changed)
  if (!running) await recording.hypervisor.domainDestroy('test')
  return recording
}

describe('devices changed from a file', () => {
  it.each([
    ['attach-device', 'domainAttachDevice', 'attached'],
    ['detach-device', 'domainDetachDevice', 'detached'],
    ['update-device', 'domainUpdateDevice', 'updated'],
  ])('%s hands the document on and says that it is done', async (command, verb, done) => {
    const { hypervisor, calls } = await taking()
    const file = work.file('disk.xml', '<disk/>')
    const { code, stdout } = await run([command, 'test', file], { hypervisor })
    expect([code, stdout]).toEqual([0, `Device ${done} successfully\n\n`])
    expect(calls.map(([called, what]) => [called, what])).toEqual([[verb, '<disk/>']])
    expect((await run(['-q', command, 'test', file], { hypervisor })).stdout).toBe('')
    const { stdout: json } = await run(['--json', command, 'test', file], { hypervisor })
    expect(JSON.parse(json)).toMatchObject({ alias: 'virtio-disk1' })
  })

  // libvirt's calls: the older ones are about a guest that runs, the newer ones say what they are about.
  it.each([
    ['attach-device', true, [], { live: true }],
    ['attach-device', false, [], { live: true }],
    ['attach-device', false, ['--current'], {}],
    ['attach-device', true, ['--config'], { config: true }],
    ['attach-device', true, ['--live', '--config'], { live: true, config: true }],
    ['attach-device', true, ['--persistent'], { live: true, config: true }],
    ['attach-device', false, ['--persistent'], { config: true }],
    ['detach-device', true, [], { live: true }],
    ['detach-device', false, ['--persistent'], { config: true }],
    ['update-device', true, [], { force: false }],
    ['update-device', false, ['--force'], { force: true }],
    ['update-device', true, ['--live'], { live: true, force: false }],
  ])(
    '%s of a domain that runs (%s), with %j, is for %j',
    async (command, running, words, target) => {
      const { hypervisor, calls } = await taking(running)
      const file = work.file('disk.xml', '<disk/>')
      expect((await run([command, 'test', file, ...words], { hypervisor })).code).toBe(0)
      expect(calls.map(([, , options]) => options)).toEqual([target])
    },
  )

  it('names the file and the place of what is wrong in it', async () => {
    const { hypervisor } = await taking()
    Object.assign(hypervisor, {
      domainAttachDevice: () =>
        Promise.reject(
          domainError('ERR_XML_ERROR', 'no such bus', {
            path: 'target/@bus',
            place: { line: 3, column: 5 },
          }),
        ),
    })
    const file = work.file('disk.xml', '<disk/>')
    const { code, stderr } = await run(['attach-device', 'test', file], { hypervisor })
    expect(code).toBe(1)
    expect(stderr).toBe(
      `error: Failed to attach device from ${file}\nerror: XML error: ${file}:3:5: /domain/target/@bus: no such bus\n`,
    )
  })
})

describe('a device detached by its alias', () => {
  it('is named by the domain, whatever runs', async () => {
    const { hypervisor, calls } = await taking()
    const { stdout } = await run(['detach-device-alias', 'test', 'net0', '--live'], { hypervisor })
    expect(stdout).toBe('Device detach request sent successfully\n\n')
    expect(calls).toEqual([['domainDetachDeviceAlias', 'net0', { live: true }]])
  })
})

describe('change-media', () => {
  it.each([
    [['--source', '/a.iso'], 'updated', { action: 'update', source: '/a.iso' }],
    [['/a.iso'], 'updated', { action: 'update', source: '/a.iso' }],
    [['--insert', '--source', '/a.iso'], 'inserted', { action: 'insert', source: '/a.iso' }],
    [
      ['--insert', '--source', '/dev/x', '--block'],
      'inserted',
      { action: 'insert', source: '/dev/x', block: true },
    ],
    [['--eject'], 'ejected', { action: 'eject' }],
    [['--eject', '--force', '--live'], 'ejected', { action: 'eject', force: true, live: true }],
    [['--eject', '--source', '/a.iso'], 'ejected', { action: 'eject' }],
    [['--update'], 'ejected', { action: 'eject' }],
    [
      ['--update', '--source', '/a.iso', '--config'],
      'updated',
      { action: 'update', source: '/a.iso', config: true },
    ],
  ])('with %j has %s the medium', async (words, done, options) => {
    const { hypervisor, calls } = await taking()
    const { code, stdout } = await run(['change-media', 'test', 'hdc', ...words], { hypervisor })
    expect([code, stdout]).toEqual([0, `Successfully ${done} media.\n`])
    expect(calls).toEqual([
      ['domainChangeMedia', 'hdc', { force: false, block: false, ...options }],
    ])
  })

  it.each([[[]], [['--insert']]])('wants a source (%j)', async (words) => {
    const { hypervisor, calls } = await taking()
    const { code, stderr } = await run(['change-media', 'test', 'hdc', ...words], { hypervisor })
    expect([code, stderr]).toEqual([1, 'error: New disk media source was not specified\n'])
    expect(calls).toEqual([])
  })

  it('says what is wrong with the drive as it is, and what fails with it as the failure of the action', async () => {
    const { hypervisor } = await taking()
    hypervisor.domainChangeMedia = () =>
      Promise.reject(domainError('ERR_INVALID_ARG', "The disk device 'hdc' doesn't have media"))
    expect((await run(['change-media', 'test', 'hdc', '--eject'], { hypervisor })).stderr).toMatch(
      /^error: .*The disk device 'hdc' doesn't have media\n$/,
    )
    hypervisor.domainChangeMedia = () =>
      Promise.reject(domainError('ERR_OPERATION_FAILED', 'the tray is locked'))
    expect((await run(['change-media', 'test', 'hdc', '--eject'], { hypervisor })).stderr).toMatch(
      /^error: Failed to complete action eject on media\nerror: .*the tray is locked\n$/,
    )
  })

  it('prints no document instead yet, and says so', async () => {
    const { stderr } = await run(['change-media', 'test', 'hdc', '--eject', '--print-xml'])
    expect(stderr).toBe(
      "error: option --print-xml of command 'change-media' is known to virsh but not offered yet\n",
    )
  })
})
