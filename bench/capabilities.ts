import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHypervisor, probeCapabilities } from '@polyvirt/core'
import { QmpClient } from '@polyvirt/core/qmp'
import { dialQmp } from '../scripts/lib/dial-qmp.ts'
import { registry } from './fixture.ts'
import { call, openSides } from './sides.ts'
import { inTurn, row, timed } from './stats.ts'
import type { Row } from './stats.ts'

const folder = '/usr/bin'

/**
 * Finding out what emulators can do: one of them against a QEMU that only says hello, all of them
 * against libvirt, and the answer that is remembered.
 */
export async function* measureCapabilities(runs: number): AsyncIterable<Row> {
  const root = mkdtempSync(join(tmpdir(), 'pv-bench-'))
  try {
    for (const name of ['qemu-system-x86_64', 'qemu-system-ppc64'].filter(isThere)) {
      const emulator = join(folder, name)
      const { a, b, ratio } = await inTurn(
        runs,
        () => timed(() => probe(emulator, root)),
        () => timed(() => hello(emulator, root)),
      )
      const against = { what: 'a bare QMP start and end', ms: row('', b).ms, ratio }
      yield { ...row(`probe of ${name}, cold`, a), against }
    }
    yield* everyEmulator(root)
    await using hypervisor = await openHypervisor(`qemu:///embed?root=${root}`, { registry })
    await hypervisor.connectGetCapabilities()
    const warm: number[] = []
    for (let i = 0; i < runs; i++) warm.push(await timed(() => hypervisor.connectGetCapabilities()))
    yield row('capabilities, warm, in process', warm)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function isThere(name: string): boolean {
  return readdirSync(folder).includes(name)
}

/** KVM is tried once for all, so its verdict is kept; the emulator's answer is not. */
async function probe(emulator: string, root: string): Promise<void> {
  const cacheDir = join(root, 'cache')
  await probeCapabilities({ emulator, workDir: join(root, 'work'), cacheDir })
  for (const file of readdirSync(cacheDir).filter((name) => name !== 'kvm.json'))
    rmSync(join(cacheDir, file))
}

async function hello(emulator: string, root: string): Promise<void> {
  const socket = join(root, 'hello.sock')
  const args = ['-S', '-no-user-config', '-nodefaults', '-nographic', '-machine', 'none']
  const child = spawn(
    emulator,
    [...args, '-accel', 'tcg', '-qmp', `unix:${socket},server=on,wait=off`],
    {
      stdio: 'ignore',
    },
  )
  const gone = new Promise((resolve) => child.once('exit', resolve))
  try {
    const qmp = await QmpClient.connect({ transport: await dialQmp(socket) })
    await qmp.execute('quit')
    await qmp.close()
  } finally {
    await gone
    rmSync(socket, { force: true })
  }
}

/**
 * Once each: libvirt takes many seconds, and what it has asked it remembers. Its verb asks every emulator
 * of the machine; ours those of the architectures that are installed, so asking them all has a row of its own.
 */
async function* everyEmulator(root: string): AsyncIterable<Row> {
  const emulators = readdirSync(folder)
    .filter((name) => name.startsWith('qemu-system-'))
    .map((name) => realpathSync(join(folder, name)))
  const all = [...new Set(emulators)]
  const cold = `qemu:///embed?root=${join(root, 'cold')}`
  const verb = await timed(async () => {
    await using hypervisor = await openHypervisor(cold, { registry })
    await hypervisor.connectGetCapabilities()
  })
  const probed = await timed(() =>
    // One that needs a KVM that is not here has said so; that is an answer, too.
    Promise.allSettled(
      all.map((emulator) =>
        probeCapabilities({ emulator, workDir: join(root, 'all'), cacheDir: join(root, 'c') }),
      ),
    ),
  )
  const rows = [
    row('capabilities, cold, in process', [verb]),
    row(`probe of all ${all.length} emulators, cold`, [probed]),
  ]
  await using sides = await openSides()
  const { theirs, missing } = sides
  const ms = theirs === undefined ? undefined : await timed(() => call(theirs, 'capabilities'))
  for (const one of rows) {
    if (ms === undefined) yield { ...one, note: missing ?? '' }
    else yield { ...one, against: { what: 'virsh capabilities, cold', ms, ratio: one.ms / ms } }
  }
}
