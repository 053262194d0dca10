import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createRegistry, formatDomain, openHypervisor } from '@polyvirt/core'
import type { Domain } from '@polyvirt/core'
import { guardFolder } from '../guard-folder.ts'
import { until } from '../guest-session.ts'
import { guestCommand, type GuestReply } from '../guest/guest-command.ts'
import { GuestConsole, type WaitOptions } from '../guest/guest-console.ts'
import { GuestError } from '../guest/guest-error.ts'
import { buildGuestImage, type GuestImage } from '../guest/guest-image.ts'
import type { GuestRecipe } from '../guest/guest-recipe.ts'
import { processCpuMs } from '../guest/process-cpu.ts'
import { readReport } from '../guest/read-report.ts'
import { askedDomain } from '../plan-scenario.ts'
import { consoleParameters, withKernel } from '../started-guest.ts'
import { NotTried } from '../not-tried.ts'
import type { Target } from '../target.ts'
import { buildHostDisk } from './host-disk.ts'
import { userCommands } from './host-user.ts'
import { guestMemoryMiB } from './nested-acts.ts'
import type { NestedRecipe } from './nested-recipe.ts'
import type { Nested } from './nested.ts'
import { buildProductDisk, product } from './product-disk.ts'

export interface NestedOptions {
  readonly recipe: NestedRecipe
  /** The guest's, whose kernel both the host and its guests boot. */
  readonly guestRecipe: GuestRecipe
  /** Folders of the packages that are installed in the host. */
  readonly packages: readonly string[]
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
  readonly note: (line: string) => void
  /** Is shown the host's definition. */
  readonly onDefined?: (xml: string) => void
  /** Is given the host's console before it says anything. */
  readonly onConsole?: (console: GuestConsole) => void
}

/** Disposing of it pulls the host's plug, and leaves nothing of it behind. */
export interface StartedNested extends Nested, AsyncDisposable {}

const shape = { vcpus: 2, memoryMiB: 4096 } as const

/** Drivers beside a guest's: the file system of the disks, taps, who moves their packets, and vsock. */
const hostModules = ['ext4', 'crc32c_generic', 'tun', 'vhost_net', 'vhost_vsock']

/** A command in an emulated host may think for long before it says a word. */
const quietMs = 300_000

/** A guest of an emulated host that has not reported by then does not. */
const reportMs = 600_000

/**
 * Starts a machine that is a host itself, with polyvirt installed in it as users install it, and brings up
 * what a system that runs has: file systems, and KVM.
 */
export async function startNested(target: Target, options: NestedOptions): Promise<StartedNested> {
  const { recipe, signal, progress, note } = options
  checkEmulator(target, recipe)
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'pv-'))
  const callOff = guardFolder(folder)
  stack.defer(() => {
    rmSync(folder, { recursive: true, force: true })
    callOff()
  })
  const { image, disks } = await makeDisks(target, folder, options)
  const registry = createRegistry([target.arch])
  const hypervisor = stack.use(
    await openHypervisor(`qemu:///embed?root=${join(folder, 'r')}`, { registry }),
  )
  const nonce = randomUUID()
  const domain = askedDomain(hostXml(recipe, disks), target, (asked) =>
    withKernel(withEmulator(asked, target), image, { nonce }),
  )
  progress('starts the host')
  const { domain: host } = await hypervisor.domainCreateXml(formatDomain(domain), {
    autodestroy: true,
    paused: true,
  })
  options.onDefined?.(await hypervisor.domainGetXmlDesc(host.uuid))
  stack.defer(() => hypervisor.domainDestroy(host.uuid).catch(() => undefined))
  const stream = await hypervisor.domainOpenConsole(host.uuid, { force: true })
  stack.defer(() => stream.close())
  const console = new GuestConsole({
    output: stream,
    write: (text) => void stream.write(text).catch(() => undefined),
  })
  options.onConsole?.(console)
  const { pid = 0 } = await hypervisor.domainGetInfo(host.uuid)
  await hypervisor.domainResume(host.uuid)
  const patience: WaitOptions = {
    ...{ signal, quietMs, cpuMs: () => processCpuMs(pid) },
    onProgress: ({ lastLine }) => progress(lastLine),
  }
  await readReport(console, { nonce, ...patience })
  const ask = (command: string): Promise<GuestReply> =>
    guestCommand(console, `run ${command}`, patience)
  await bringUp(recipe, ask)
  const session = sessionOf({ ...{ target, recipe, image, signal, progress, note }, ask })
  const rest = stack.move()
  return Object.assign(session, { [Symbol.asyncDispose]: () => rest.disposeAsync() })
}

/** @throws NotTried where the emulator at hand does not emulate such a host well. */
function checkEmulator({ emulator, capabilities }: Target, { since }: NestedRecipe): void {
  if (since === undefined || capabilities.version.major >= since.major) return
  const { major, minor } = capabilities.version
  throw new NotTried(
    `${emulator} is QEMU ${major}.${minor}, and it takes ${since.major}: ${since.why}`,
  )
}

interface Disks {
  /** What the host and its guests boot. */
  readonly image: GuestImage
  readonly disks: readonly string[]
}

async function makeDisks(
  { guest }: Target,
  folder: string,
  options: NestedOptions,
): Promise<Disks> {
  const { recipe, guestRecipe, packages, signal, progress } = options
  const { suite, kvmModule } = recipe
  const { debianArch } = guestRecipe
  const { emulatorPackage } = guest
  const modules = [...(guestRecipe.modules ?? []), ...hostModules, kvmModule]
  const image = await buildGuestImage(
    { ...guestRecipe, modules },
    { signal, onProgress: ({ step, what }) => progress(`${step} ${what}`) },
  )
  const system = await buildHostDisk({ debianArch, suite, emulatorPackage, signal, progress })
  const installed = await buildProductDisk({ packages, image, folder, signal, progress })
  return { image, disks: [system, installed] }
}

type Ask = (command: string) => Promise<GuestReply>

/** Mounts the system's disk, the product's in it, and what a system has in memory; loads KVM. */
async function bringUp({ kvmModule }: NestedRecipe, ask: Ask): Promise<void> {
  const must = async (command: string): Promise<void> => {
    const { status, output } = await ask(command)
    if (status !== 0) throw new GuestError(`in the host, '${command}' failed:\n${output}`)
  }
  await must('modprobe ext4; mkdir -p /host && mount -t ext4 -o ro /dev/vda /host')
  await must(`mount -t ext4 -o ro /dev/vdb /host${product.mountedAt}`)
  for (const path of ['dev', 'proc', 'sys']) await must(`mount -o bind /${path} /host/${path}`)
  for (const path of ['tmp', 'run', 'var', 'root']) await must(`mount -t tmpfs none /host/${path}`)
  await must('mount -t cgroup2 none /host/sys/fs/cgroup')
  await must('mkdir -p /dev/pts /dev/shm && mount -t devpts none /dev/pts; mkdir -p /host/var/lib')
  await must(`modprobe ${kvmModule} && ls /dev/kvm`)
  for (const module of ['tun', 'vhost_net', 'vhost_vsock']) await must(`modprobe ${module}`)
  await must('ls /dev/net/tun /dev/vhost-net /dev/vhost-vsock')
  for (const command of userCommands) await must(`chroot /host /bin/sh -c ${quoted(command)}`)
}

interface Session extends Pick<NestedOptions, 'recipe' | 'signal' | 'progress' | 'note'> {
  readonly target: Target
  readonly image: GuestImage
  readonly ask: Ask
}

function sessionOf({ target, recipe, image, signal, progress, note, ask }: Session): Nested {
  const guest = target.guest.name
  const cmdline = [...consoleParameters(image), 'cryptomgr.notests'].join(' ')
  const shell = (text: string): Promise<GuestReply> =>
    ask(`chroot /host /bin/sh -c ${quoted(text)} 2>&1`)
  const command = async (words: string): Promise<GuestReply> => {
    progress(`polyvirt ${words}`)
    return await shell(`${product.command} ${words}`)
  }
  const must = ({ status, output }: GuestReply, what: string): string => {
    if (status === 0) return output
    throw new GuestError(`'${what}' ended with ${status} in the host: ${output}`)
  }
  return {
    ...{ recipe, guest, signal, progress, note, shell },
    shape: { vcpus: shape.vcpus, memoryKiB: shape.memoryMiB * 1024 },
    polyvirt: async (words) => must(await command(words), `polyvirt ${words}`),
    async refused(words) {
      const { status, output } = await command(words)
      if (status !== 0) return output
      throw new GuestError(`'polyvirt ${words}' did not fail in the host: ${output}`)
    },
    async write(file, text) {
      // A console takes one line, and few characters at a time.
      must(await shell(`: > ${file}`), `> ${file}`)
      const bytes = Buffer.from(text).toString('base64')
      for (const [part] of bytes.matchAll(/.{1,800}/g))
        must(await shell(`echo ${part} >> ${file}.base64`), `>> ${file}`)
      must(await shell(`base64 -d ${file}.base64 > ${file} && rm ${file}.base64`), `base64 ${file}`)
    },
    async report(name) {
      const file = logOf(name)
      await until(
        `the report of guest ${name}`,
        async () => {
          const { output } = await shell(`sleep 1; grep -c '=== polyvirt report end' ${file}`)
          return output.trim() === '1' ? true : undefined
        },
        AbortSignal.any([signal, AbortSignal.timeout(reportMs)]),
      )
      // The console is slow and shared, so the log comes over it once.
      const { output } = await shell(`cat ${file}`)
      const console = new GuestConsole({
        output: Readable.from([Buffer.from(`${output}\n`)]),
        write: () => undefined,
      })
      return (await readReport(console)).report
    },
    guestXml: (name, elements = '', devices = '') =>
      `<domain type='kvm'><name>${name}</name><memory unit='MiB'>${guestMemoryMiB}</memory>` +
      `<vcpu>1</vcpu><os><type arch='${guest}'>hvm</type><kernel>${product.kernel}</kernel>` +
      `<initrd>${product.initrd}</initrd><cmdline>${cmdline}</cmdline></os>` +
      `${elements}<devices><serial type='file'><source path='${logOf(name)}'/></serial>${devices}</devices></domain>`,
  }
}

const logOf = (name: string): string => `/tmp/${name}.log`

/** For a shell, as one word. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const withEmulator = (domain: Domain, { emulator }: Target): Domain => ({
  ...domain,
  devices: { ...domain.devices, emulator, serial: [{ type: 'pty' as const }] },
})

function hostXml({ elements }: NestedRecipe, disks: readonly string[]): string {
  const disk = (file: string, i: number): string =>
    `<disk type='file'><driver name='qemu' type='raw'/><source file='${file}'/><target dev='vd${'ab'[i]}' bus='virtio'/><readonly/></disk>`
  return `<domain type='qemu'>
  <name>nested</name>
  <memory unit='MiB'>${shape.memoryMiB}</memory>
  <vcpu>${shape.vcpus}</vcpu>
  <os><type>hvm</type></os>
  ${elements}
  <devices>
    ${disks.map(disk).join('\n    ')}
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
    <controller type='usb' model='qemu-xhci'/>
    <input type='tablet' bus='usb'/>
  </devices>
</domain>`
}
