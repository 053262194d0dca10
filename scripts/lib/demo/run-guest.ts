import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { buildGuestImage, debianGuests, GuestConsole, readReport } from '@polyvirt/conformance'
import type { GuestImageProgress, GuestReport } from '@polyvirt/conformance'
import { parseDomain } from '@polyvirt/core'
import type { Hypervisor } from '@polyvirt/core'
import { checkGuest } from './check-guest.ts'
import { consoleLines } from './console-lines.ts'
import { removeDomain } from './demo-root.ts'
import { guestDocument } from './guest-document.ts'

/** One of the machines that the demo boots its guest as. */
export interface DemoTarget {
  readonly arch: string
  readonly machine: string
  /** The kernel's name of the machine's first serial line. */
  readonly console: string
}

export interface RunGuestOptions {
  readonly hypervisor: Hypervisor
  /** The XML that is the same for all. */
  readonly template: string
  /** For disk images; removed by the caller. */
  readonly directory: string
  readonly signal: AbortSignal
  readonly onLine: (line: string) => void
  readonly onPhase: (phase: string) => void
}

export interface GuestOutcome {
  readonly report: GuestReport
  /** All that the guest wrote to its console. */
  readonly transcript: string
  /** The definition with its defaults and addresses. */
  readonly xml: string
  /** What the XML asked for and the guest did not find. */
  readonly problems: readonly string[]
}

const diskSize = '1G'
const powerOffLimitMs = 60_000
const askAgainMs = 10_000

/** Boots the guest as one machine, hears what it found inside itself, and removes it. */
export async function runGuest(
  target: DemoTarget,
  options: RunGuestOptions,
): Promise<GuestOutcome> {
  const { hypervisor, template, directory, signal, onPhase } = options
  const { arch, machine } = target
  const name = `guest-${arch}`
  const nonce = randomUUID()
  const { kernel, initrd } = await orAborted(guestImage(arch, onPhase), signal)
  const disk = join(directory, `${name}.qcow2`)
  await promisify(execFile)('qemu-img', ['create', '-q', '-f', 'qcow2', disk, diskSize], { signal })

  const cmdline = `console=${target.console} polyvirt.nonce=${nonce}`
  const document = guestDocument(template, { name, arch, machine, kernel, initrd, cmdline, disk })
  try {
    onPhase('defining')
    await hypervisor.domainDefineXml(document, { validate: true })
    const xml = await hypervisor.domainGetXmlDesc(name, { inactive: true })
    const found = await bootAndListen(name, nonce, options)
    const { domain } = parseDomain(xml)
    return { xml, ...found, problems: checkGuest(domain, found.report) }
  } finally {
    await removeDomain(hypervisor, name)
  }
}

async function guestImage(
  arch: string,
  onPhase: (phase: string) => void,
): Promise<{ readonly kernel: string; readonly initrd: string }> {
  const recipe = debianGuests[arch]
  if (recipe === undefined) throw new Error(`no kernel is known for ${arch} guests`)
  const onProgress = ({ step, what, percent }: GuestImageProgress): void =>
    onPhase(`${step} ${what}${percent === undefined ? '' : ` ${Math.floor(percent)} %`}`)
  return await buildGuestImage(recipe, { onProgress })
}

/** For work that cannot be called off: it is left to itself. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function bootAndListen(
  name: string,
  nonce: string,
  { hypervisor, signal, onLine, onPhase }: RunGuestOptions,
): Promise<{ readonly report: GuestReport; readonly transcript: string }> {
  // A console keeps nothing for those who come late: open it before the first instruction.
  await hypervisor.domainCreate(name, {
    paused: true,
    signal,
    onPhase: (phase) => onPhase(`starting: ${phase}`),
  })
  await using stream = await hypervisor.domainOpenConsole(name, { signal })
  const console = new GuestConsole({
    output: listened(stream, onLine),
    write: (text) => void stream.write(text).catch(() => undefined),
  })
  await hypervisor.domainResume(name)
  const started = Date.now()
  const { report } = await readReport(console, {
    nonce,
    signal,
    onProgress: () => onPhase(`booting, ${Math.round((Date.now() - started) / 1000)} s`),
  })
  onPhase('powering off')
  await powerOff(hypervisor, name, console, signal)
  return { report, transcript: console.transcript }
}

/** Passes a stream on, and its lines to whoever watches. */
async function* listened(
  stream: AsyncIterable<Uint8Array>,
  onLine: (line: string) => void,
): AsyncGenerator<Uint8Array> {
  const read = consoleLines()
  for await (const chunk of stream) {
    for (const line of read(chunk)) onLine(line)
    yield chunk
  }
}

async function powerOff(
  hypervisor: Hypervisor,
  name: string,
  console: GuestConsole,
  signal: AbortSignal,
): Promise<void> {
  const started = Date.now()
  // An emulated serial line may lose a character, so a guest that stays on is asked again.
  for (let asked = 0; (await hypervisor.domainGetState(name)).state !== 'shut off';) {
    const elapsedMs = Date.now() - started
    if (elapsedMs > powerOffLimitMs) throw new Error(`${name} was asked to power off and did not`)
    if (elapsedMs >= asked * askAgainMs) {
      console.send('poweroff')
      asked++
    }
    await setTimeout(100, undefined, { signal })
  }
}
