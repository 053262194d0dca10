import { copyFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Domain } from '@polyvirt/core'
import { connectConsole } from '../guest/boot-guest.ts'
import type { GuestConsole, WaitOptions } from '../guest/guest-console.ts'
import { buildGuestImage, type GuestImage } from '../guest/guest-image.ts'
import type { GuestRecipe } from '../guest/guest-recipe.ts'
import { processCpuMs } from '../guest/process-cpu.ts'
import { readReport } from '../guest/read-report.ts'
import { NotTried } from '../not-tried.ts'
import { caseOf, notRunFor } from '../run/case-of.ts'
import type { CaseContext, ConformanceCase } from '../run/conformance-case.ts'
import {
  checkDrivers,
  consoleEvidence,
  imageProgress,
  judgeGuest,
  type Shown,
} from '../run/guest-cases.ts'
import type { Scenario } from '../scenario.ts'
import { withConsole, withFirmware, withKernel } from '../started-guest.ts'
import type { Target } from '../target.ts'
import { libvirtMonitor } from './libvirt-monitor.ts'
import type { Virsh } from './virsh.ts'
import { said } from './with-defined.ts'
import { withStarted } from './with-started.ts'

export interface LibvirtGuests {
  readonly virsh: Virsh
  readonly recipe: GuestRecipe
}

/** Each of these scenarios boots a guest that libvirt starts, and holds it against what libvirt says of it. */
export const libvirtGuestCases = (
  booted: readonly Scenario[],
  target: Target,
  guests: LibvirtGuests,
): readonly ConformanceCase[] =>
  booted.map((scenario) => ({
    ...caseOf(scenario, target, 'guest'),
    face: 'offered',
    reaches: [],
    ...notRunFor(scenario),
    ...notAsked(scenario),
    run: async (context) => bootByLibvirt(scenario, target, { ...guests, context }),
  }))

/** What would have to be done by verbs that the suite has in core's words only. */
function notAsked({ expect = {} }: Scenario): Pick<ConformanceCase, 'notRun'> {
  if (expect.life !== undefined)
    return { notRun: 'what is done to a guest is not asked of libvirt' }
  if (expect.firmware !== undefined) return { notRun: 'firmware alone is not asked of libvirt' }
  return {}
}

interface Booting extends LibvirtGuests {
  readonly context: CaseContext
}

async function bootByLibvirt(
  scenario: Scenario,
  target: Target,
  { virsh, recipe, context }: Booting,
): Promise<void> {
  const { leave, progress, signal } = context
  const why = scenario.notRun?.(target)
  if (why !== undefined) throw new NotTried(why)
  const image = await buildGuestImage(recipe, { signal, onProgress: imageProgress(progress) })
  checkDrivers(scenario, target, image)
  const nonce = randomUUID()
  const adapt = (domain: Domain, folder: string): Domain => {
    const lent = lendKernel(image, folder)
    const talking = withConsole(domain, consoleIn(folder))
    return withFirmware(withKernel(talking, lent, { nonce }), lent, folder)
  }
  await withStarted(scenario, target, { virsh, context, adapt }, async (started, folder) => {
    const { uuid, planned, pid } = started
    const over = new AbortController()
    const screenshots: Shown[] = []
    let console: GuestConsole | undefined
    try {
      console = await connectConsole(consoleIn(folder))
      const monitor = libvirtMonitor(virsh, uuid)
      // While the guest boots, virsh has time to begin.
      const events = monitor.events({ signal: over.signal })
      await said(virsh, ['resume', uuid], signal)
      const patience: WaitOptions = {
        signal,
        cpuMs: () => (pid === undefined ? undefined : processCpuMs(pid)),
        onProgress: ({ lastLine }) => progress(lastLine),
      }
      const received = await readReport(console, { nonce, ...patience })
      const guest = {
        ...{ ...received, planned, console, folder, patience },
        qmp: { ...monitor, events: () => events },
        exited: shutOff(virsh, uuid, over.signal),
        // It is stopped where it was started.
        [Symbol.asyncDispose]: async () => undefined,
      }
      await judgeGuest(scenario, guest, {
        ...{ leave, screenshots },
        signal: AbortSignal.any([signal, over.signal]),
      })
    } finally {
      over.abort()
      leave({ ...consoleEvidence(console), ...(screenshots.length > 0 && { screenshots }) })
    }
  })
}

const consoleIn = (folder: string): string => join(folder, 'console')

/** A copy where whoever runs the guest can read it. */
function lendKernel(image: GuestImage, folder: string): GuestImage {
  const lend = (file: string, name: string): string => {
    const copy = join(folder, name)
    copyFileSync(file, copy)
    return copy
  }
  const { firmware } = image
  return {
    ...image,
    kernel: lend(image.kernel, 'kernel'),
    initrd: lend(image.initrd, 'initrd'),
    ...(firmware && { firmware: { ...firmware, code: lend(firmware.code, 'firmware') } }),
  }
}

const lookAgainMs = 1000

/** Until libvirt calls it off. */
async function shutOff(virsh: Virsh, uuid: string, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const answer = await virsh(['domstate', uuid])
    if (answer.kind === 'said' && answer.text.trim() === 'shut off') return
    await sleep(lookAgainMs)
  }
}
