import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openHypervisor, createRegistry } from '@polyvirt/core'
import { x86 } from '@polyvirt/arch-x86'
import { readProcess } from '../engine/children.ts'
import { guestXml, makeDisk } from '../engine/guest-xml.ts'
import { Lab } from '../engine/lab.ts'
import { inspect } from './inspect.ts'
import { difference, withoutChance } from './view.ts'

/** A lab with one guest defined, in which nothing is wrong. */
async function soundLab(): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'pvf-'))
  const lab = new Lab(folder, 1)
  onTestFinished(async () => {
    await lab.clear()
    rmSync(folder, { recursive: true, force: true })
  })
  await lab.clear()
  await makeDisk(lab.path('disk.qcow2'))
  await using hypervisor = await openHypervisor(lab.uri(), { registry: createRegistry([x86]) })
  await hypervisor.domainDefineXml(guestXml(lab, { disk: 'disk.qcow2' }))
  return lab
}

function change(lab: Lab, sql: string, ...values: readonly (string | number)[]): void {
  const database = new DatabaseSync(join(lab.root, 'lib/polyvirt.db'))
  database.exec('PRAGMA foreign_keys = OFF')
  database.prepare(sql).run(...values)
  database.close()
}

async function problemsOf(lab: Lab): Promise<string> {
  return (await inspect(lab)).problems.join('\n')
}

/** Records a run of the lab's guest, of a process that may or may not be. */
function recordRun(lab: Lab, pid: number, startTime: number): void {
  change(
    lab,
    `INSERT INTO active (uuid, id, pid, start_time, boot_id, xml, argv, state_dir, log, emulator, monitor, started_at, state, reason, state_at)
     SELECT uuid, 7, ?, ?, 'b', xml, '[]', ?, '', '', '', 0, 'running', 'booted', 0 FROM domains`,
    pid,
    startTime,
    join(lab.root, 'run/domain-7-g'),
  )
}

describe('the checker', () => {
  test('finds nothing where nothing is wrong', async () => {
    expect(await problemsOf(await soundLab())).toBe('')
  })

  test('sees states inside an image that nobody remembers', async () => {
    const lab = await soundLab()
    const { view } = await inspect(lab)
    for (const name of ['lost', 'lost'])
      execFileSync('qemu-img', ['snapshot', '-c', name, lab.path('disk.qcow2')])
    expect(difference((await inspect(lab)).view, view)).toEqual([
      '+ image disk.qcow2: state 0, lost',
      '+ image disk.qcow2: state 1, lost',
    ])
  })

  test('finds a document that is torn, or another one than its row says', async () => {
    const lab = await soundLab()
    change(lab, `UPDATE domains SET xml = substr(xml, 1, length(xml) / 2)`)
    expect(await problemsOf(lab)).toContain('is torn')
    change(lab, `UPDATE domains SET xml = '<domain><name>other</name></domain>'`)
    expect(await problemsOf(lab)).toContain('has another name')
  })

  test('finds a database that is damaged, or none', async () => {
    const lab = await soundLab()
    writeFileSync(join(lab.root, 'lib/polyvirt.db'), 'SQLite format 3\0and then nothing')
    expect(await problemsOf(lab)).toContain('cannot be read')
  })

  test('finds a job that nobody finished, and an image held for a run that is over', async () => {
    const lab = await soundLab()
    change(lab, `INSERT INTO jobs VALUES ('u', 't', 'start', 'spawn', 1, 1, 'b', 0, '{}')`)
    change(lab, `INSERT INTO image_uses VALUES ('1', '2', 'u', 3, '/disk', 1, 0)`)
    const problems = await problemsOf(lab)
    expect(problems).toContain('a job is left: start (spawn)')
    expect(problems).toContain('/disk is held for a run that is over')
  })

  test('finds a process that no run has, and a run that has no process', async () => {
    const lab = await soundLab()
    const stray = spawn('/bin/sleep', ['60', lab.folder].slice(0, 1), {
      argv0: `sleep-of-${lab.folder}`,
    })
    onTestFinished(() => void stray.kill('SIGKILL'))
    await new Promise((resolve) => stray.once('spawn', resolve))
    expect(await problemsOf(lab)).toContain(`process ${stray.pid} is nobody's`)
    const found = readProcess(stray.pid ?? 0)
    recordRun(lab, found?.pid ?? 0, found?.startTime ?? 0)
    expect(await problemsOf(lab)).toBe('')
    // The same pid, and another process: what a reused pid looks like.
    change(lab, 'UPDATE active SET start_time = start_time - 1')
    expect(await problemsOf(lab)).toContain('is shown as running')
  })

  test('finds sockets and files of no run, and what was being written', async () => {
    const lab = await soundLab()
    mkdirSync(join(lab.root, 'run/domain-3-g'), { recursive: true })
    const server = createServer()
    await new Promise<void>((resolve) =>
      server.listen(join(lab.root, 'run/domain-3-g/monitor.sock'), resolve),
    )
    onTestFinished(() => void server.close())
    writeFileSync(lab.path('g.save.77.partial'), '')
    writeFileSync(lab.path('disk.qcow2.TRANSIENT-g-3'), '')
    const problems = await problemsOf(lab)
    expect(problems).toContain('/r/run/domain-3-g/monitor.sock is of no run')
    expect(problems).toContain('/g.save.77.partial is left over')
    expect(problems).toContain('/disk.qcow2.TRANSIENT-g-3 is of no run')
  })

  test('finds a file that others may read', async () => {
    const lab = await soundLab()
    writeFileSync(join(lab.root, 'lib/secret'), '', { mode: 0o644 })
    expect(await problemsOf(lab)).toContain('/r/lib/secret is open to others: 644')
  })

  test('finds an image whose content or structure is gone', async () => {
    const lab = await soundLab()
    writeFileSync(lab.path('disk.qcow2'), Buffer.alloc(65_536))
    expect(await problemsOf(lab)).toContain('its content is not what was written')
  })

  test('sees what a QEMU has of its own: images, bitmaps on them, limits, vCPUs and where they run, I/O threads', async () => {
    const lab = await soundLab()
    await using hypervisor = await openHypervisor(lab.uri(), { registry: createRegistry([x86]) })
    await hypervisor.domainCreate('g', { paused: true })
    const seen = async (): Promise<readonly string[]> =>
      (await inspect(lab, { guests: true })).view.filter((line) => line.startsWith('guest g: '))
    expect(await seen()).toEqual([
      'guest g: node file disk.qcow2',
      'guest g: node qcow2 disk.qcow2',
      expect.stringMatching(/^guest g: vCPU 0 on host CPUs \d/),
    ])
    const add = {
      execute: 'block-dirty-bitmap-add',
      arguments: { node: 'libvirt-1-format', name: 'b' },
    }
    await hypervisor.domainQemuMonitorCommand('g', JSON.stringify(add))
    expect(await seen()).toContain('guest g: node qcow2 disk.qcow2, bitmap b')
    const thread = { execute: 'object-add', arguments: { 'qom-type': 'iothread', id: 'iothread1' } }
    await hypervisor.domainQemuMonitorCommand('g', JSON.stringify(thread))
    expect(await seen()).toContain('guest g: I/O thread iothread1')
    await hypervisor.domainSetBlockIoTune('g', 'vda', { totalIopsSec: 50 }, { live: true })
    expect((await seen()).join()).toContain('50 operations a second')
    await hypervisor.domainDestroy('g')
  })

  test('sees the limits of a tap, one that is of no run, and one that is gone', async () => {
    const lab = await soundLab()
    await using hypervisor = await openHypervisor(lab.uri(), { registry: createRegistry([x86]) })
    const limits = `<bandwidth><inbound average='1000'/></bandwidth><target dev='${lab.tap}'/>`
    await hypervisor.domainAttachDevice('g', `<interface type='ethernet'>${limits}</interface>`)
    await hypervisor.domainCreate('g', { paused: true })
    expect(await problemsOf(lab)).toBe('')
    expect((await inspect(lab)).view).toContain('tap: rate 8Mbit ceil 8Mbit')
    execFileSync('ip', ['link', 'del', 'dev', lab.tap])
    expect(await problemsOf(lab)).toBe(`g has no tap ${lab.tap}`)
    await hypervisor.domainDestroy('g')
    execFileSync('ip', ['tuntap', 'add', 'dev', lab.tap, 'mode', 'tap'])
    expect(await problemsOf(lab)).toBe(`tap ${lab.tap} is of no run`)
  })

  test('takes images that polyvirt named at random for the same', () => {
    expect(withoutChance('/w/disk.s1-731e85db')).toBe(withoutChance('/w/disk.s1-9babce1a'))
    expect(withoutChance('11111111-2222-4333-8444-555555555555')).toContain('4333')
  })

  test('tells a view from another one by every line', () => {
    expect(difference(['a', 'b'], ['a', 'b'])).toEqual([])
    expect(difference(['a', 'c'], ['a', 'b'])).toEqual(['+ c', '- b'])
  })
})
