import { describe, expect, it } from 'vitest'
import type { Tier } from '@polyvirt/conformance-report'
import type { GuestRecipe } from '../../src/guest/guest-recipe.ts'
import { checkFree } from '../../src/libvirt/check-free.ts'
import { libvirtCases } from '../../src/libvirt/libvirt-cases.ts'
import { nativeArgv } from '../../src/libvirt/libvirt-plan.ts'
import { deadlyScenarios, knownDifferences } from '../../src/libvirt/known-differences.ts'
import type { Virsh, VirshAnswer } from '../../src/libvirt/virsh.ts'
import { minimalArch, minimalCapabilities } from '../../src/minimal-arch.ts'
import { listScenarios } from '../../src/run/list-scenarios.ts'
import { runCases } from '../../src/run/run-cases.ts'
import { scenarioPattern } from '../../src/run/select-cases.ts'
import { domainXml, type Scenario } from '../../src/scenario.ts'
import { targetsOf } from '../../src/target.ts'

const [target] = targetsOf(minimalArch, minimalArch.guests[0], minimalCapabilities, '/usr/bin/toy')
const uuid = 'c0f0c0f0-0000-4000-8000-000000000001'
const stored = domainXml({ head: `  <uuid>${uuid}</uuid>\n` })

/** A libvirt with one answer to each command; what it was asked is kept. */
function scripted(answers: Readonly<Record<string, string | Error>>): {
  readonly virsh: Virsh
  readonly asked: readonly string[]
} {
  const asked: string[] = []
  let defined = false
  const virsh: Virsh = async ([command = '']): Promise<VirshAnswer> => {
    asked.push(command)
    if (command === 'list') return { kind: 'said', text: defined ? `${uuid}\n` : '' }
    const answer = answers[command] ?? ''
    if (answer instanceof Error) return { kind: 'refused', message: answer.message }
    if (command === 'define') defined = true
    if (command === 'undefine') defined = false
    return { kind: 'said', text: answer }
  }
  return { virsh, asked }
}

const accepting = { dumpxml: stored, 'domxml-to-native': '/usr/bin/toy -name a -m 512' }

const scenario = (different: Partial<Scenario> = {}): Scenario => ({
  id: 'x/y',
  title: 'a guest is defined',
  uses: [],
  domain: domainXml(),
  live: false,
  ...different,
})

async function verdict(
  one: Scenario,
  answers: Readonly<Record<string, string | Error>>,
  tier: Tier = 'model',
) {
  if (target === undefined) throw new Error('the minimal architecture has no machine')
  const { virsh, asked } = scripted(answers)
  const guests = { boots: 'all', cpus: [], recipe } as const
  const cases = libvirtCases([one], target, { virsh, guests })
  const [result] = await runCases(cases.filter((each) => each.tier === tier))
  return { result, asked }
}

/** Of a guest that is never built here. */
const recipe: GuestRecipe = { debianArch: 'none', kernelPackage: 'none' }

const nonsense = { domain: domainXml({ vcpu: '<vcpu>two</vcpu>' }), refused: { path: 'vcpu' } }

describe('a scenario that is put to libvirt', () => {
  it('passes where libvirt accepts it and makes of it what is expected', async () => {
    const seen: (readonly string[])[] = []
    const wanted = {
      plan: ({ argv }: { readonly argv: readonly string[] }) => void seen.push(argv),
    }
    const { result, asked } = await verdict(scenario({ expect: wanted }), accepting)
    expect(result).toMatchObject({ outcome: 'passed', evidence: { stored } })
    expect(seen).toEqual([['/usr/bin/toy', '-name', 'a', '-m', '512']])
    expect(asked).toEqual(['list', 'define', 'list', 'dumpxml', 'domxml-to-native', 'undefine'])
  })

  it('passes where libvirt refuses what is to be refused', async () => {
    const { result } = await verdict(scenario(nonsense), { define: new Error('XML error: no') })
    expect(result).toMatchObject({ outcome: 'passed', reason: 'libvirt: XML error: no' })
  })

  it.each([
    ['refuses what is offered', {}, { define: new Error('no') }, /libvirt refuses it: no/],
    ['accepts what is to be refused', nonsense, accepting, /accepts what should be refused/],
    [
      'cannot start what it has defined',
      {},
      { ...accepting, 'domxml-to-native': new Error('not so') },
      /defines it, and cannot start it: not so/,
    ],
    [
      'makes something else of it',
      {
        expect: {
          plan: () => {
            throw new Error('it has no name')
          },
        },
      },
      accepting,
      /it becomes something else: it has no name/,
    ],
  ])(
    'fails where libvirt %s, and leaves nothing defined',
    async (_, different, answers, because) => {
      const { result, asked } = await verdict(scenario(different), answers)
      expect(result?.failure?.message).toMatch(because)
      if (!('define' in answers)) expect(asked.at(-1)).toBe('undefine')
    },
  )

  it('passes where the difference is known, and says which', async () => {
    const known = scenario({ ...nonsense, id: 'memory/none' })
    const { result } = await verdict(known, accepting)
    expect(result).toMatchObject({
      outcome: 'passed',
      evidence: { refusal: [{ code: 'known-difference' }] },
    })
  })

  it('is not tried where this libvirt may not do it, whatever the document', async () => {
    const answer = new Error('Unable to create tap device vnet0: Operation not permitted')
    const { result } = await verdict(scenario(), { ...accepting, 'domxml-to-native': answer })
    expect(result).toMatchObject({ outcome: 'not-run', reason: /tap device/ as never })
  })

  it('is not put to it where it would end it', async () => {
    const { result, asked } = await verdict(scenario({ id: deadlyScenarios[0] ?? '' }), accepting)
    expect(result?.outcome).toBe('not-run')
    expect(asked).toEqual([])
  })
})

describe('a guest that libvirt is to start', () => {
  const refusing = { ...accepting, start: new Error('internal error: process exited') }
  const started = scenario({ live: true })

  it('fails where its QEMU ends at once, and leaves nothing defined', async () => {
    const { result, asked } = await verdict(started, refusing, 'live')
    expect(result?.failure?.message).toMatch(/it does not start: internal error/)
    expect(asked.slice(-2)).toEqual(['start', 'undefine'])
  })

  it('passes where that is known of its libvirt, and says why', async () => {
    const known = { ...started, id: 'model/controller-scsi/dc390' }
    const { result } = await verdict(known, refusing, 'live')
    expect(result).toMatchObject({
      outcome: 'passed',
      evidence: { refusal: [{ code: 'known-difference' }] },
    })
  })

  it('is stopped and forgotten where it is not what was expected', async () => {
    const answer = '{"error":{"desc":"no such command"}}'
    const { result, asked } = await verdict(
      started,
      { ...accepting, 'qemu-monitor-command': answer },
      'live',
    )
    expect(result?.failure?.message).toMatch(/no such command/)
    expect(asked.slice(-2)).toEqual(['destroy', 'undefine'])
  })

  it('is not booted for what is done by verbs, which are not libvirt’s here', async () => {
    const lives = { expect: { life: async () => undefined } }
    const { result, asked } = await verdict(scenario(lives), accepting, 'guest')
    expect(result).toMatchObject({ outcome: 'not-run', reason: /not asked of libvirt/ as never })
    expect(asked).toEqual([])
  })
})

describe('a libvirt that is to be asked', () => {
  const knowing =
    (...names: readonly string[]): Virsh =>
    async ([, name = '']) =>
      names.includes(name)
        ? { kind: 'said', text: 'shut off' }
        : { kind: 'refused', message: 'failed to get domain' }

  it('may have any domains but those of the suite', async () => {
    await expect(checkFree(knowing('mine'), 'qemu:///session')).resolves.toBeUndefined()
  })

  it.each(['conformance', uuid])(
    'is not asked while it has %s, and is said how to remove it',
    (one) =>
      expect(checkFree(knowing(one), 'qemu:///session')).rejects.toThrow(
        `virsh -c 'qemu:///session' undefine --nvram ${one}`,
      ),
  )
})

describe('known differences', () => {
  const names = [...listScenarios([{ arch: minimalArch }]).map(({ id }) => id), 'cpu/foreign-model']

  it('are of scenarios that exist', () => {
    const patterns = [...knownDifferences.flatMap(({ scenarios }) => scenarios), ...deadlyScenarios]
    for (const pattern of patterns) {
      const found = names.some((name) => scenarioPattern(pattern).test(name))
      expect(found, pattern).toBe(true)
    }
  })
})

describe('the line that libvirt prints for a shell', () => {
  it.each([
    ["LC_ALL=C HOME='/a b' /usr/bin/qemu -name 'a,b'", ['/usr/bin/qemu', '-name', 'a,b']],
    [String.raw`/q -object '{"a":"b c"}' -x it\'s`, ['/q', '-object', '{"a":"b c"}', '-x', "it's"]],
    ['/q \\\n-S \\\n-m 512', ['/q', '-S', '-m', '512']],
  ])('%s', (line, words) => {
    expect(nativeArgv(line)).toEqual(words)
  })
})
