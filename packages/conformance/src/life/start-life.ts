import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry, formatDomain, openHypervisor } from '@polyvirt/core'
import type { ConsoleStream, Domain, Hypervisor } from '@polyvirt/core'
import { guestCommand } from '../guest/guest-command.ts'
import { GuestConsole, type WaitOptions } from '../guest/guest-console.ts'
import { GuestError } from '../guest/guest-error.ts'
import type { GuestImage } from '../guest/guest-image.ts'
import type { GuestReport } from '../guest/guest-report.ts'
import { restartQuietMs, type ConsoleProgress } from '../guest/patience.ts'
import { processCpuMs } from '../guest/process-cpu.ts'
import { readReport } from '../guest/read-report.ts'
import { runProgram } from '../guest/run-program.ts'
import { guardFolder } from '../guard-folder.ts'
import { until } from '../guest-session.ts'
import { emptyQcow2, withImages } from '../images.ts'
import { askedDomain } from '../plan-scenario.ts'
import { withFirmware, withKernel } from '../started-guest.ts'
import type { Target } from '../target.ts'
import type { Life } from './life.ts'
import { secretsInMemory } from './secrets-in-memory.ts'
import { lookCommand, readLook, waitCommand, type Seen } from './look-inside.ts'
import type { Subject } from './subject.ts'

export interface LifeOptions {
  readonly image: GuestImage
  readonly signal: AbortSignal
  /** Is told in one line what is being done. */
  readonly progress?: (line: string) => void
  /** Is told in one line what is to be known of the result. */
  readonly note?: (line: string) => void
  readonly onProgress?: (progress: ConsoleProgress) => void
  /** Is given each console before the guest says anything. */
  readonly onConsole?: (console: GuestConsole) => void
  /** Is shown the definition that the guest is started from. */
  readonly onDefined?: (xml: string) => void
}

/** What does not show inside a guest by then does not come. */
const eventuallyMs = 90_000

/** A guest kept by a hypervisor of its own. Disposing of it leaves nothing of it behind. */
export interface StartedLife extends Life, AsyncDisposable {}

/** Defines a document with a hypervisor on a root of its own, starts it, and waits for its report. */
export async function startLife(
  xml: string,
  target: Target,
  options: LifeOptions,
): Promise<StartedLife> {
  // Short, because a socket's path has at most 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'pv-'))
  const callOff = guardFolder(folder)
  const places: Hypervisor[] = []
  const open = async (): Promise<Hypervisor> => {
    const root = join(folder, `r${places.length}`)
    mkdirSync(root, { mode: 0o700 })
    const hypervisor = await openHypervisor(`qemu:///embed?root=${root}`, {
      registry: createRegistry([target.arch]),
      drivers: { secret: secretsInMemory() },
    })
    places.push(hypervisor)
    return hypervisor
  }
  const dispose = async (): Promise<void> => {
    for (const place of places) {
      await destroyAll(place)
      await place.close()
    }
    rmSync(folder, { recursive: true, force: true })
    callOff()
  }
  try {
    const nonce = randomUUID()
    const domain = askedDomain(xml, target, (asked) =>
      adapt(asked, { target, folder, nonce, image: options.image }),
    )
    const definition = formatDomain(domain)
    const first = await open()
    await first.domainDefineXml(definition)
    options.onDefined?.(await first.domainGetXmlDesc(domain.name))
    const life = runningLife({
      ...{ target, name: domain.name, folder, subject: first, elsewhere: open },
      ...options,
    })
    try {
      await life.boot()
    } catch (error) {
      await life.close()
      throw error
    }
    const ends = {
      async [Symbol.asyncDispose]() {
        await life.close()
        await dispose()
      },
    }
    return Object.assign(life, ends)
  } catch (error) {
    await dispose()
    throw error
  }
}

async function destroyAll(place: Hypervisor): Promise<void> {
  for (const { name, id } of await place.connectListAllDomains()) {
    if (id !== undefined) await place.domainDestroy(name).catch(() => undefined)
  }
}

interface Adapting {
  readonly target: Target
  readonly folder: string
  readonly nonce: string
  readonly image: GuestImage
}

function adapt(domain: Domain, { target, folder, nonce, image }: Adapting): Domain {
  const withSerial = {
    ...domain,
    devices: { ...domain.devices, emulator: target.emulator, serial: [{ type: 'pty' as const }] },
  }
  return withImages(
    withFirmware(
      withKernel(withSerial, image, { nonce, more: ['memhp_default_state=online_movable'] }),
      image,
      folder,
    ),
    join(folder, 'images'),
  )
}

interface Beginning extends LifeOptions {
  readonly target: Target
  readonly name: string
  readonly folder: string
  readonly subject: Subject
  readonly elsewhere: () => Promise<Subject>
}

interface RunningLife extends Life {
  /** Lets go of the console. */
  close(): Promise<void>
}

function runningLife({ target, name, folder, signal, ...options }: Beginning): RunningLife {
  let { subject } = options
  let stream: ConsoleStream | undefined
  let console: GuestConsole | undefined
  let pid: number | undefined
  let report: GuestReport | undefined
  const { onProgress } = options

  const talk = (): GuestConsole => {
    if (console === undefined) throw new GuestError('nobody listens to the guest')
    return console
  }
  const patience = (): WaitOptions => ({
    signal,
    cpuMs: () => (pid === undefined ? undefined : processCpuMs(pid)),
    ...(onProgress === undefined ? {} : { onProgress }),
  })
  const close = async (): Promise<void> => {
    await stream?.close()
    stream = undefined
  }
  const follow = async (next: Subject = subject): Promise<void> => {
    subject = next
    await close()
    const opened = await subject.domainOpenConsole(name, { force: true })
    stream = opened
    pid = (await subject.domainGetInfo(name)).pid
    console = new GuestConsole({
      output: opened,
      write: (text) => void opened.write(text).catch(() => undefined),
    })
    options.onConsole?.(console)
  }
  const nextReport = async (): Promise<GuestReport> => {
    const again = report === undefined ? {} : { quietMs: restartQuietMs }
    report = (await readReport(talk(), { ...patience(), ...again })).report
    return report
  }
  const shell = async (text: string): Promise<string> => {
    const { output, status } = await guestCommand(talk(), `run ${text}`, patience())
    if (status === 0) return output
    throw new GuestError(`'${text}' ended with ${status} in the guest: ${output}`)
  }
  const look = async (): Promise<Seen> => {
    await guestCommand(talk(), 'settle', patience())
    return readLook(await shell(lookCommand))
  }
  const eventually = <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> =>
    until(what, ask, AbortSignal.any([signal, AbortSignal.timeout(eventuallyMs)]))
  return {
    drivers: options.image.drivers,
    progress: options.progress ?? (() => undefined),
    note: options.note ?? (() => undefined),
    ...{ target, name, folder, signal, shell, look, follow, nextReport, close, until: eventually },
    elsewhere: options.elsewhere,
    get subject() {
      return subject
    },
    get report() {
      if (report === undefined) throw new GuestError('the guest has not reported')
      return report
    },
    send: (line) => talk().send(line),
    sees(what, find) {
      let looks = 0
      return eventually(what, async () => {
        if (looks > 0) await shell(waitCommand(looks))
        looks++
        return find(await look())
      })
    },
    async boot() {
      await subject.domainCreate(name, { paused: true })
      await follow()
      await subject.domainResume(name)
      return await nextReport()
    },
    async bytesOf(place, format) {
      const copy = join(folder, 'read.raw')
      const args = ['convert', '-f', format, '-O', 'raw', place, copy]
      const { outcome, stderr } = await runProgram('qemu-img', args, { signal })
      if (outcome !== 'succeeded') throw new GuestError(`${place} cannot be read: ${stderr}`)
      return readFileSync(copy)
    },
    image(file, mebibytes, format = 'raw') {
      const path = join(folder, `${file}.${format}`)
      const bytes = mebibytes * 1024 * 1024
      writeFileSync(path, format === 'qcow2' ? emptyQcow2(bytes) : '')
      if (format === 'raw') truncateSync(path, bytes)
      return path
    },
    async encryptedImage(file, mebibytes, passphrase) {
      const path = join(folder, `${file}.luks`)
      const secret = ['--object', `secret,id=key,data=${passphrase}`]
      // Each opening of it would cost a second of a processor else.
      const options = ['-o', 'key-secret=key,iter-time=10']
      const args = ['create', '-q', ...secret, '-f', 'luks', ...options, path, `${mebibytes}M`]
      const create = () => runProgram('qemu-img', args, { signal })
      let made = await create()
      // It times itself by a clock that may not have ticked since it began.
      for (let more = 3; more > 0 && made.stderr.includes('accurate CPU usage'); more--)
        made = await create()
      if (made.outcome !== 'succeeded')
        throw new GuestError(`${path} cannot be made: ${made.stderr}`)
      return path
    },
  }
}
