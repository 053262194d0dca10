import type { GuestReport } from '../../src/guest/guest-report.ts'
import { GuestError } from '../../src/guest/guest-error.ts'
import { hostUser } from '../../src/nested/host-user.ts'
import type { NestedRecipe } from '../../src/nested/nested-recipe.ts'
import type { Nested } from '../../src/nested/nested.ts'

export const toyRecipe: NestedRecipe = {
  suite: 'toy',
  kvmModule: 'kvm_toy',
  elements: '<features><host/></features>',
  processor: { model: 'TOY2', registers: { pvr: 2 } },
  granted: [`<shield value='thin'/>`],
  modes: [
    { what: 'as a TOY2', elements: '<cpu><model>toy2</model></cpu>', argv: /^qemu$/ },
    { what: 'as a TOY1', elements: '<cpu><model>toy1</model></cpu>', argv: /compat=toy1/ },
  ],
  refused: [
    {
      what: 'thick shield',
      elements: `<shield value='thick'/>`,
      says: [/shield 'thick' is not granted/, /use <shield value='thin'\/>/],
    },
  ],
}

/** What a host does for a verb, by its first word; what is left out is as it should be. */
export type Answers = Readonly<Record<string, (words: readonly string[]) => string>>

export interface NestedDeviation {
  readonly answers?: Answers
  /** Of `ls` and `pgrep`: folders of runs, and processes. */
  readonly left?: string
  /** Whose a guest's process is. */
  readonly uid?: number
  /** Huge pages that a guest takes, and gives back. */
  readonly hugePages?: { readonly taken?: number; readonly returned?: number }
  /** Limits that nobody sets, at the start or afterwards, and groups that stay. */
  readonly limits?: { readonly atStart?: boolean; readonly later?: boolean; readonly left?: number }
  /** USB devices that a guest finds, and nodes that QEMU's user has while it runs, and afterwards. */
  readonly usb?: { readonly product?: number; readonly lent?: number; readonly left?: number }
  /** Cards that a guest finds, threads of the kernel that move packets, and taps that stay. */
  readonly net?: {
    readonly macs?: readonly string[]
    readonly workers?: number
    readonly taps?: number
  }
  /** Whether a guest's vCPU does something. */
  readonly idle?: boolean
  /** What a guest finds inside. */
  readonly pvr?: number
  readonly memoryKiB?: number
}

/** A host that is a few variables, which does everything right but for what deviates. */
export function toyNested({
  answers = {},
  left = '0\n0',
  pvr = 2,
  memoryKiB = 480 * 1024,
  uid = hostUser.uid,
  hugePages = {},
  net: { macs = ['52:54:00:12:34:56'], workers = 1, taps = 0 } = {},
  limits: { atStart = true, later = true, left: leftGroups = 0 } = {},
  usb: { product = 1, lent = 1, left: leftLent = 0 } = {},
  idle = false,
}: NestedDeviation = {}): Nested {
  const files = new Map<string, string>()
  const domains = new Map<string, { xml: string; runs: boolean; isSaved?: boolean }>()
  /** Guests of the other root. */
  const others = new Set<string>()
  let [usedNs, pages] = [0, 0]
  let [hardMiB, quota] = atStart ? [1500, 50_000] : [0, 0]
  const domain = (name = ''): { xml: string; runs: boolean; isSaved?: boolean } => {
    const found = domains.get(name)
    if (found === undefined) throw new GuestError(`no domain '${name}'`)
    return found
  }
  const right: Answers = {
    doctor: () => `QEMU runs as user '${hostUser.name}'\nok  toy64  KVM works`,
    nodeinfo: () =>
      'CPU model:           toy64\nCPU(s):              2\nThread(s) per core:  1\nMemory size:         1000000 KiB',
    '--json': () =>
      JSON.stringify({
        cpu: { model: 'TOY2', registers: { pvr: 2 } },
        virtualization: { modules: ['kvm_toy'] },
      }),
    capabilities: () =>
      `<cpu><model>TOY2</model></cpu><arch name='toy64'><domain type='qemu'/><domain type='kvm'/></arch>`,
    domcapabilities: () => '',
    define: ([file = '']) => {
      const xml = files.get(file) ?? ''
      if (xml.includes(`<shield value='thick'/>`))
        throw new GuestError(`shield 'thick' is not granted; use <shield value='thin'/>`)
      const name = /<name>(.*)<\/name>/.exec(xml)?.[1] ?? ''
      domains.set(name, { xml, runs: false })
      return ''
    },
    undefine: ([name = '']) => (domains.delete(name) ? '' : `no domain '${name}'`),
    start: ([name]) => {
      domain(name).runs = true
      if (domain(name).xml.includes('<hugepages/>')) pages -= hugePages.taken ?? 256
      return ''
    },
    destroy: ([name]) => {
      domain(name).runs = false
      if (domain(name).xml.includes('<hugepages/>')) pages += hugePages.returned ?? 256
      return ''
    },
    managedsave: ([name]) => {
      Object.assign(domain(name), { runs: false, isSaved: true })
      return ''
    },
    domstate: (words) =>
      domain(words.at(-1)).isSaved === true ? 'running (restored)' : 'running (booted)',
    domstats: () => {
      usedNs += idle ? 0 : 1
      return `  vcpu.0.time=${usedNs}`
    },
    memtune: () => {
      if (later) hardMiB = 1400
      return ''
    },
    schedinfo: () => {
      if (later) quota = 80_000
      return ''
    },
    migrate: (words) => {
      const [to = '', name = ''] = [words.at(-1), words.at(-2)]
      domain(name).runs = !to.includes('other')
      if (domain(name).runs) others.delete(name)
      else others.add(name)
      return ''
    },
    '-c': ([, verb = '', ...words]) => {
      if (verb === 'list') return [...others].join('\n')
      return (answers[verb] ?? right[verb])?.(words) ?? ''
    },
    list: (words) =>
      [...domains]
        .filter(([, { runs }]) => runs || words.includes('--all'))
        .map(([name]) => `${name}\n`)
        .join(''),
    explain: () => 'shield: thin',
    dumpxml: ([name]) =>
      domain(name)
        .xml.replace('</domain>', `<shield value='thin'/></domain>`)
        .replace(`<cid auto='yes'/>`, `<cid auto='yes' address='3'/>`),
    'domxml-to-native': (words) =>
      domain(words.at(-1)).xml.includes('toy1') ? 'qemu -cpu host,compat=toy1' : 'qemu',
    'can-migrate': () => 'yes',
    'cpu-compare': () => 'CPU described in /tmp/host.xml is identical to host CPU',
  }
  const answer = (text: string): string => {
    const [verb = '', ...words] = text.trim().split(' ')
    const say = answers[verb] ?? right[verb]
    if (say === undefined) throw new GuestError(`polyvirt has no '${verb}'`)
    return say(words)
  }
  return {
    recipe: toyRecipe,
    guest: 'toy64',
    shape: { vcpus: 2, memoryKiB: 1024 * 1024 },
    signal: new AbortController().signal,
    progress: () => undefined,
    note: () => undefined,
    async shell(command) {
      const asked = /^echo (\d+) > .*nr_hugepages$/.exec(command)?.[1]
      if (asked !== undefined) pages = Number(asked)
      if (command.includes('HugePages_Free'))
        return { output: `HugePages_Free: ${pages}`, status: 0 }
      if (command.includes('nr_hugepages')) return { output: '0', status: 0 }
      if (command.includes('for one in')) {
        const most = hardMiB * 1024 * 1024
        const rest = [900 * 1024 * 1024, 512, 4096, `${quota} 100000`, '30000 100000']
        return { output: [most, ...rest].join('\n'), status: 0 }
      }
      if (command.includes('polyvirt.slice')) return { output: String(leftGroups), status: 0 }
      if (command.includes('find /dev/bus/usb')) {
        const isRunning = [...domains.values()].some(({ runs }) => runs)
        return { output: String(isRunning ? lent : leftLent), status: 0 }
      }
      if (command.includes("'^vhost-'")) return { output: String(workers), status: 0 }
      if (command.includes('grep -c vnet')) return { output: String(taps), status: 0 }
      if (command.includes('Uid:')) return { output: `Uid: ${uid} ${uid} ${uid} ${uid}`, status: 0 }
      return { output: left, status: 0 }
    },
    polyvirt: async (text) => answer(text),
    async refused(text) {
      try {
        answer(text)
      } catch (error) {
        return String(error)
      }
      throw new GuestError(`'polyvirt ${text}' did not fail`)
    },
    write: async (file, text) => void files.set(file, text),
    async report(name) {
      if (!domain(name).runs) throw new GuestError(`guest '${name}' never reports`)
      const seen: Pick<GuestReport, 'cpu' | 'memory' | 'net' | 'usb' | 'vcpus'> = {
        cpu: { pvr } as GuestReport['cpu'],
        memory: { totalKiB: memoryKiB } as GuestReport['memory'],
        net: macs.map((mac) => ({ mac })) as unknown as GuestReport['net'],
        usb: [{ vendor: 0x0627, product }] as unknown as GuestReport['usb'],
        vcpus: { online: [0] } as unknown as GuestReport['vcpus'],
      }
      return seen as GuestReport
    },
    guestXml: (name, elements = '', devices = '') =>
      `<domain><name>${name}</name>${elements}${devices}</domain>`,
  }
}
