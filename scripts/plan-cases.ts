/**
 * Plans a folder of documents and writes what becomes of each, for comparison with another
 * program's answers:
 *
 *   scripts/dev node --conditions=@polyvirt/source scripts/plan-cases.ts CASES OUT [FILTER]
 *
 * CASES holds <arch>/<name>/input.xml; OUT gets <arch>/<name>/dumpxml.xml and argv.txt (a JSON
 * array), or error.txt. Recorded capabilities stand in for the emulators, so nothing is started and
 * the answers are the same on every machine.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ppc64 } from '@polyvirt/arch-ppc64'
import { x86 } from '@polyvirt/arch-x86'
import {
  createRegistry,
  DomainError,
  formatDomain,
  parseDomain,
  planContext,
  planDomain,
  planRun,
} from '@polyvirt/core'
import type { QemuCapabilities } from '@polyvirt/core'

const [cases, out, filter = ''] = process.argv.slice(2)
if (cases === undefined || out === undefined) {
  console.error('usage: plan-cases.ts CASES OUT [FILTER]')
  process.exit(2)
}

/** Folders of the recordings, and libvirt's folders, so that paths compare. */
const packages = new URL('../packages/', import.meta.url).pathname
const stateDir = '/var/lib/libvirt/qemu'
const recorded: Readonly<Record<string, string>> = {
  x86_64: 'arch-x86/test/fixtures/capabilities/qemu-system-x86_64.json',
  i686: 'arch-x86/test/fixtures/capabilities/qemu-system-i386.json',
  ppc64le: 'arch-ppc64/test/fixtures/capabilities/qemu-system-ppc64.json',
  ppc64: 'arch-ppc64/test/fixtures/capabilities/qemu-system-ppc64.json',
}

const host = {
  arch: 'x86_64',
  cpu: { features: [], mhz: 0 },
  topology: { cpus: 1, nodes: 1, sockets: 1, cores: 1, threads: 1 },
  memoryKiB: 1024 * 1024,
  pageSizesKiB: [4],
  cells: [],
  firmware: { kind: 'none' },
} as const

const registry = createRegistry([ppc64, x86])
const tally = { planned: 0, refused: 0 }

for (const guestName of registry.guests()) {
  const folder = join(cases, guestName)
  const recording = recorded[guestName]
  if (!existsSync(folder) || recording === undefined) continue
  const capabilities = JSON.parse(
    readFileSync(join(packages, recording), 'utf8'),
  ) as QemuCapabilities
  // The recording's machine had KVM built in; whether it works is no matter for a plan.
  const facts = { ...capabilities, kvm: { present: true, usable: true } }
  const arch = await registry.find(guestName)
  const emulator = `/usr/bin/${arch.guests.find(({ name }) => name === guestName)?.emulators[0] ?? ''}`
  for (const name of readdirSync(folder)) {
    if (!name.includes(filter)) continue
    const answer = join(out, guestName, name)
    mkdirSync(answer, { recursive: true })
    const xml = readFileSync(join(folder, name, 'input.xml'), 'utf8')
    try {
      const { domain } = parseDomain(xml)
      const context = planContext(domain, {
        arch,
        guestName,
        capabilities: facts,
        host,
        emulator: domain.devices.emulator ?? emulator,
        fresh: {
          uuid: () => '00000000-0000-4000-8000-000000000001',
          mac: () => '52:54:00:00:00:01',
        },
      })
      const planned = planDomain(domain, context)
      const run = `domain--1-${domain.name.slice(0, 20)}`
      const paths = {
        stateDir: `${stateDir}/${run}`,
        channelDir: `${stateDir}/channel/target/${run}`,
      }
      const { argv } = planRun(planned.domain, context, { paths })
      writeFileSync(join(answer, 'dumpxml.xml'), formatDomain(planned.domain))
      writeFileSync(join(answer, 'argv.txt'), JSON.stringify(argv))
      tally.planned++
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      writeFileSync(join(answer, 'error.txt'), `stage: define\n${error.message}\n`)
      tally.refused++
    }
  }
}
console.log(`${tally.planned} planned, ${tally.refused} refused`)
