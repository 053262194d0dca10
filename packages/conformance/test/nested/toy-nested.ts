import type { GuestReport } from '../../src/guest/guest-report.ts'
import { GuestError } from '../../src/guest/guest-error.ts'
import type { NestedRecipe } from '../../src/nested/nested-recipe.ts'
import type { Nested } from '../../src/nested/nested.ts'

export const toyRecipe: NestedRecipe = {
  suite: 'toy',
  kvmModule: 'kvm_toy',
  elements: '<features><host/></features>',
  processor: { model: 'TOY2', registers: { pvr: 2 } },
  granted: [`<shield value='thin'/>`],
  mode: { elements: '<cpu><model>toy1</model></cpu>', argv: /compat=toy1/ },
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
}: NestedDeviation = {}): Nested {
  const files = new Map<string, string>()
  const domains = new Map<string, { xml: string; runs: boolean }>()
  const domain = (name = ''): { xml: string; runs: boolean } => {
    const found = domains.get(name)
    if (found === undefined) throw new GuestError(`no domain '${name}'`)
    return found
  }
  const right: Answers = {
    doctor: () => 'ok  toy64  KVM works',
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
      return ''
    },
    destroy: ([name]) => {
      domain(name).runs = false
      return ''
    },
    list: (words) =>
      [...domains]
        .filter(([, { runs }]) => runs || words.includes('--all'))
        .map(([name]) => `${name}\n`)
        .join(''),
    explain: () => 'shield: thin',
    dumpxml: ([name]) => domain(name).xml.replace('</domain>', `<shield value='thin'/></domain>`),
    'domxml-to-native': (words) =>
      domain(words.at(-1)).xml.includes('toy1') ? 'qemu -cpu host,compat=toy1' : 'qemu',
    'can-migrate': () => 'yes',
    'cpu-compare': () => 'CPU described in /tmp/host.xml is identical to host CPU',
  }
  const answer = (text: string): string => {
    const [verb = '', ...words] = text.split(' ')
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
    shell: async () => ({ output: left, status: 0 }),
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
      const seen: Pick<GuestReport, 'cpu' | 'memory' | 'vcpus'> = {
        cpu: { pvr } as GuestReport['cpu'],
        memory: { totalKiB: memoryKiB } as GuestReport['memory'],
        vcpus: { online: [0] } as unknown as GuestReport['vcpus'],
      }
      return seen as GuestReport
    },
    guestXml: (name, elements = '') => `<domain><name>${name}</name>${elements}</domain>`,
  }
}
