import { execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openHypervisor } from '@polyvirt/core'
import type { Hypervisor } from '@polyvirt/core'
import { QmpClient } from '@polyvirt/core/qmp'
import { dialQmp } from '../scripts/lib/dial-qmp.ts'
import { guestXml, guests, registry } from './fixture.ts'
import { inTurn, row, timed } from './stats.ts'
import { call, openSides } from './sides.ts'
import type { Sides } from './sides.ts'
import type { Row } from './stats.ts'

const run = promisify(execFile)
const cli = new URL('../packages/cli/bin/polyvirt', import.meta.url).pathname

/** `start` until the guest runs, against bare QEMU with the same arguments, and against libvirt. */
export async function* measureStart(runs: number): AsyncIterable<Row> {
  await using sides = await openSides()
  const { uri } = sides
  const root = mkdtempSync(join(tmpdir(), 'pv-bench-'))
  try {
    await using hypervisor = await openHypervisor(uri, { registry })
    for (const { arch, machine } of guests) {
      const name = `bench-${arch}`
      await hypervisor.domainDefineXml(guestXml(name, arch, machine))
      const { argv } = await hypervisor.domainXmlToNative(name)
      const bare = await inTurn(
        runs,
        () => library(hypervisor, name),
        () => bareQemu(argv, root),
      )
      const base = row('', bare.b)
      yield {
        ...row(`start ${arch} in process`, bare.a),
        against: { what: 'bare QEMU', ms: base.ms, ratio: bare.ratio },
      }
      const whole = await inTurn(
        runs,
        () => command(hypervisor, uri, name),
        () => bareQemu(argv, root),
      )
      yield {
        ...row(`polyvirt start ${arch}`, whole.a),
        against: { what: 'bare QEMU', ms: row('', whole.b).ms, ratio: whole.ratio },
      }
      yield await againstVirsh(hypervisor, { sides, name, runs })
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

async function library(hypervisor: Hypervisor, name: string): Promise<number> {
  const ms = await timed(() => hypervisor.domainCreate(name))
  await hypervisor.domainDestroy(name)
  return ms
}

async function command(hypervisor: Hypervisor, uri: string, name: string): Promise<number> {
  const ms = await timed(() => run(cli, ['-c', uri, 'start', name]))
  await hypervisor.domainDestroy(name)
  return ms
}

/** The same command line, started by hand: spawn, greet, `cont`, see it run. */
async function bareQemu(argv: readonly string[], root: string): Promise<number> {
  const stateDir = /path=([^,]+)\/monitor\.sock/.exec(argv.join(' '))?.[1] ?? root
  mkdirSync(stateDir, { recursive: true })
  writeFileSync(`${stateDir}/master-key.aes`, Buffer.alloc(32))
  for (const [, folder = ''] of argv.join(' ').matchAll(/path=([^,\s]+)\/org\.qemu/g)) {
    mkdirSync(folder, { recursive: true })
  }
  const [program = '', ...args] = argv
  const start = performance.now()
  const child = spawn(program, args, { stdio: 'ignore' })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  try {
    const qmp = await QmpClient.connect({ transport: await dialQmp(`${stateDir}/monitor.sock`) })
    await qmp.execute('cont')
    await qmp.execute('query-status')
    return performance.now() - start
  } finally {
    child.kill('SIGKILL')
    await gone
    rmSync(stateDir, { recursive: true, force: true })
  }
}

async function againstVirsh(
  hypervisor: Hypervisor,
  { sides, name, runs }: { sides: Sides; name: string; runs: number },
): Promise<Row> {
  const what = `polyvirt start ${name.replace('bench-', '')} against virsh start`
  const { theirs, missing, uri } = sides
  const empty = { what, ms: Number.NaN, minMs: Number.NaN, maxMs: Number.NaN, runs: 0 }
  if (theirs === undefined) return { ...empty, note: missing ?? '' }
  const guest = guests.find(({ arch }) => name === `bench-${arch}`) ?? guests[0]
  const file = join(theirs.folder, `${name}.xml`)
  writeFileSync(file, guestXml(name, guest.arch, guest.machine))
  await call(theirs, 'define', file)
  const virsh = async (): Promise<number> => {
    const ms = await timed(() => call(theirs, 'start', name))
    await call(theirs, 'destroy', name)
    return ms
  }
  const { a, b, ratio } = await inTurn(runs, () => command(hypervisor, uri, name), virsh)
  return { ...row(what, a), against: { what: 'virsh start', ms: row('', b).ms, ratio } }
}
