import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { explainFailure, invalidArgument, UsageError } from '../command-error.ts'
import type { Answer, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { DomainSummary, Hypervisor } from '../core.ts'
import { warnAll } from '../document-options.ts'
import { quoted } from '../lookup-domain.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { parseSize } from '../parse/scaled-integer.ts'
import { diskRequest } from './disk-request.ts'
import type { DiskRequest } from './disk-request.ts'
import { emulatorFacts } from './emulator-facts.ts'
import { graphicsElement } from './graphics-element.ts'
import { guestDocument } from './guest-document.ts'
import type { GuestRequest } from './guest-document.ts'
import { makeImages } from './make-images.ts'
import { networkElement } from './network-element.ts'
import { refused } from './split-spec.ts'

/**
 * `create` without a file: writes the document that the words ask for, makes the images that are to
 * be made, defines the guest and starts it. Where any of it fails, nothing of it stays.
 */
export async function createGuest(
  context: Context,
  options: Options,
  start: (domain: DomainSummary) => Promise<Answer>,
): Promise<Answer> {
  const hypervisor = await context.hypervisor()
  const idle = options.flag('no-start')
    ? ['console', 'paused', 'autodestroy'].find((name) => options.flag(name))
    : undefined
  if (idle !== undefined) throw refused(idle, 'goes with a start, and --no-start is given')
  const { arch, machine } = { arch: options.text('arch'), machine: options.text('machine') }
  const facts = await emulatorFacts(hypervisor, {
    ...(arch !== undefined && { arch }),
    ...(machine !== undefined && { machine }),
  })
  const guest = await requestOf(hypervisor, options, facts.arch)
  const xml = guestDocument(guest, facts)
  if (options.flag('print-xml')) return documentAnswer(context, xml)
  const planned = await explainFailure(
    `Failed to create domain '${guest.name}'`,
    hypervisor.connectDomainXmlToNative(xml),
  )
  warnAll(context, planned.warnings)
  if (options.flag('dry-run')) return documentAnswer(context, xml)
  await refuseTaken(hypervisor, guest.name)
  const images = await makeImages(guest.disks, context.signal)
  let domain: DomainSummary | undefined
  try {
    const result = await explainFailure(
      `Failed to define domain '${guest.name}'`,
      hypervisor.domainDefineXml(xml),
    )
    domain = result.domain
    if (!options.flag('no-start')) return await start(domain)
  } catch (error) {
    // A console that was left, or a guest that could not be attached to, is a guest that runs.
    if (domain === undefined || !(await isActive(hypervisor, domain))) {
      if (domain !== undefined) await forget(hypervisor, domain)
      await images.remove()
    }
    throw error
  }
  return { remark: `Domain ${printable(quoted(domain))} defined\n`, json: domain }
}

async function isActive(hypervisor: Hypervisor, { uuid }: DomainSummary): Promise<boolean> {
  const found = await hypervisor.domainLookup(uuid).catch(() => undefined)
  return found?.id !== undefined
}

async function forget(hypervisor: Hypervisor, { uuid }: DomainSummary): Promise<void> {
  await hypervisor.domainUndefine(uuid, { nvram: 'remove' }).catch(() => undefined)
}

async function refuseTaken(hypervisor: Hypervisor, name: string): Promise<void> {
  const all = await hypervisor.connectListAllDomains()
  if (!all.some((domain) => domain.name === name)) return
  throw refused('name', `a domain called '${name}' is there already`)
}

async function requestOf(
  hypervisor: Hypervisor,
  options: Options,
  arch: string,
): Promise<GuestRequest> {
  const disks: DiskRequest[] = []
  for (const text of options.list('disk')) {
    disks.push(await diskRequest(text, (volume) => volumeFormat(hypervisor, volume)))
  }
  const cdrom = await fileOf(options, 'cdrom')
  const kernel = (await fileOf(options, 'kernel'))?.path
  const initrd = (await fileOf(options, 'initrd'))?.path
  const cmdline = options.text('cmdline')
  if (kernel === undefined) {
    const given = ['initrd', 'cmdline'].find((name) => options.text(name) !== undefined)
    if (given !== undefined) throw refused(given, 'goes with --kernel')
  }
  if (options.flag('import') && disks.length === 0) {
    throw refused('import', 'goes with --disk, the disk that is there')
  }
  if (disks.length === 0 && cdrom === undefined && kernel === undefined) {
    if (!options.list('network').some((text) => text !== 'none')) {
      throw new UsageError(
        'a guest needs something to boot: --disk, --cdrom, --kernel, or --network',
        'create --arch x86_64 --disk web.qcow2,size=20G --cdrom install.iso',
      )
    }
  }
  const networks = options.list('network')
  const graphics = options.text('graphics')
  const [machine, cpu, virtType] = ['machine', 'cpu', 'virt-type'].map((each) => options.text(each))
  return {
    name: options.text('name') ?? (await freeName(hypervisor, disks, arch)),
    memoryKiB: memoryOf(options),
    vcpus: options.integer('vcpus', 1) ?? 1,
    disks,
    networks: (networks.length === 0 ? ['user'] : networks).flatMap(
      (text) => networkElement(text) ?? [],
    ),
    boot: options.text('boot')?.split(',') ?? [],
    ...given('machine', machine),
    ...given('cpu', cpu),
    ...given('virtType', virtType),
    isImport: options.flag('import'),
    ...(cdrom !== undefined && { cdrom }),
    ...given('kernel', kernel),
    ...given('initrd', initrd),
    ...given('cmdline', cmdline),
    ...given('graphics', graphics === undefined ? undefined : graphicsElement(graphics)),
  }
}

function given<K extends string>(
  key: K,
  value: string | undefined,
): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: string })
}

const mebibyte = 1024 ** 2

function memoryOf(options: Options): number {
  const text = options.text('memory')
  if (text === undefined) return 2 * 1024 * 1024
  const bytes = parseSize(text, mebibyte)
  if (bytes === undefined || bytes < mebibyte || !Number.isSafeInteger(bytes)) {
    throw refused('memory', `'${text}' is no size of memory; a number of MiB, or 512M, 4G`)
  }
  return Math.floor(bytes / 1024)
}

async function fileOf(
  options: Options,
  name: string,
): Promise<{ readonly path: string; readonly isBlock: boolean } | undefined> {
  const text = options.text(name)
  if (text === undefined) return undefined
  const path = resolve(text)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw refused(name, `${text} is not there`)
  if (found.isDirectory()) throw refused(name, `${text} is a directory`)
  return { path, isBlock: found.isBlockDevice() }
}

async function volumeFormat(
  hypervisor: Hypervisor,
  { pool, name }: { readonly pool: string; readonly name: string },
): Promise<string> {
  const found = await explainFailure(
    `--disk: failed to get vol '${name}'`,
    hypervisor.storageVolLookup({ pool, name }),
  )
  return found.format ?? 'raw'
}

/** As the first disk is called, else as the architecture; with a number where that is taken. */
async function freeName(
  hypervisor: Hypervisor,
  disks: readonly DiskRequest[],
  arch: string,
): Promise<string> {
  const file = disks.find(({ path }) => path !== undefined)?.path
  const start = file === undefined ? arch : basename(file).replace(/\.[a-z\d]{2,5}$/i, '')
  const taken = new Set((await hypervisor.connectListAllDomains()).map(({ name }) => name))
  for (let count = 1; count < 10_000; count++) {
    const name = count === 1 ? start : `${start}-${count}`
    if (!taken.has(name)) return name
  }
  throw invalidArgument(`--name: all names such as ${start}-2 are taken`)
}
