import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Domain } from '@polyvirt/core'
import { withTpm } from '../emulated-tpm.ts'
import { withImages } from '../images.ts'
import { NotTried } from '../not-tried.ts'
import { askedDomain, type Planned } from '../plan-scenario.ts'
import type { CaseContext } from '../run/conformance-case.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'
import { differ } from './differ.ts'
import { libvirtDocument } from './libvirt-document.ts'
import { libvirtPlan, nativeArgv } from './libvirt-plan.ts'
import { openToOthers } from './open-to-others.ts'
import { qemuOf } from './qemu-of.ts'
import type { Virsh } from './virsh.ts'
import { isNotHere, said, withDefined } from './with-defined.ts'

/** A guest that libvirt has started, and that stands still. */
export interface StartedByLibvirt {
  readonly uuid: string
  /** What libvirt made of the document, and QEMU's command line. */
  readonly planned: Planned
  /** Of its QEMU, where this user may see it. */
  readonly pid?: number
}

export interface StartWish {
  readonly virsh: Virsh
  readonly context: Pick<CaseContext, 'leave' | 'signal'>
  /** Gives the document what its guest needs besides images, in a folder of the run. */
  readonly adapt?: (domain: Domain, folder: string) => Domain
}

/** Lets libvirt start a scenario's guest, paused, for as long as the body runs. */
export async function withStarted(
  scenario: Scenario,
  target: Target,
  { virsh, context: { leave, signal }, adapt = (domain) => domain }: StartWish,
  body: (started: StartedByLibvirt, folder: string) => Promise<void>,
): Promise<void> {
  // Short, because a socket's path has at most 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'pv-'))
  try {
    await using served = await withTpm(askedDomain(scenario.domain, target), folder)
    const {
      uuid: wanted = randomUUID(),
      devices: { tpm },
    } = served.domain
    const xml = libvirtDocument(scenario, target, (domain) => {
      // Its own, by which its process is found among those of other runs.
      const own = { ...domain, uuid: wanted, devices: { ...domain.devices, ...(tpm && { tpm }) } }
      return adapt(withImages(own, join(folder, 'images')), folder)
    })
    openToOthers(folder, { sockets: true })
    leave({ xml })
    await withDefined(xml, virsh, async (answer) => {
      if (answer.kind === 'refused') {
        differ({ scenario, target, leave }, 'refused', `libvirt refuses it: ${answer.message}`)
        return
      }
      const { uuid } = answer
      const started = await virsh(['start', '--paused', uuid], signal)
      if (started.kind === 'refused') {
        if (isNotHere(started.message))
          throw new NotTried(`this libvirt may not: ${started.message}`)
        differ({ scenario, target, leave }, 'not-started', `it does not start: ${started.message}`)
        return
      }
      try {
        const stored = await said(virsh, ['dumpxml', uuid], signal)
        const qemu = qemuOf(uuid, Number(/^<domain [^>]*\bid='(\d+)'/.exec(stored)?.[1]))
        const argv = qemu?.argv ?? (await translated(virsh, uuid, signal))
        const planned = libvirtPlan(scenario, target, { stored, argv })
        leave({ stored, argv })
        await body({ uuid, planned, ...(qemu && { pid: qemu.pid }) }, folder)
      } finally {
        // Not aborted with the rest: what was started is stopped.
        await virsh(['destroy', uuid])
      }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What libvirt says the command line is, where the process cannot be looked at. */
async function translated(
  virsh: Virsh,
  uuid: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return nativeArgv(await said(virsh, ['domxml-to-native', 'qemu-argv', '--domain', uuid], signal))
}
