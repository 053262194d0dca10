import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askVirsh, hasVirsh } from './ask-virsh.ts'
import type { Answer } from './ask-virsh.ts'
import { MemoryHypervisor, testDefault } from './memory-hypervisor.ts'
import { run } from './run-in-memory.ts'
import { caseName, qemuDriverCases, testDriverCases } from './virsh-cases.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const recorded = JSON.parse(readFileSync(join(fixtures, 'virsh-answers.json'), 'utf8')) as Readonly<
  Record<'test' | 'qemu', Readonly<Record<string, Answer>>>
>

const before = process.cwd()
beforeAll(() => process.chdir(fixtures))
afterAll(() => process.chdir(before))

describe('answers as virsh does on its test driver', () => {
  it.each(testDriverCases.map((each) => [caseName(each), each] as const))(
    '%s',
    async (name, each) => {
      const { words, input } = each
      const answer = await run(words, {
        hypervisor: await testDefault(),
        ...(input === undefined ? {} : { input }),
      })
      process.chdir(fixtures)
      expect(comparable(answer)).toEqual(asOurs(recorded.test[name]))
    },
  )
})

describe("answers as virsh does on libvirt's QEMU driver", () => {
  it.each(qemuDriverCases.map((each) => [caseName(each), each] as const))(
    '%s',
    async (name, each) => {
      const answer = await run(each.words, { hypervisor: new MemoryHypervisor() })
      expect(comparable(answer)).toEqual(asOurs(recorded.qemu[name]))
    },
  )
})

// The recording is asked again where virsh is at hand; everywhere else it is what counts.
describe.runIf(hasVirsh())('the recording is what virsh says', () => {
  it('of every case on the test driver', { timeout: 60_000 }, async () => {
    const queue = [...testDriverCases]
    const differing: string[] = []
    const ask = async (): Promise<void> => {
      for (let each = queue.pop(); each !== undefined; each = queue.pop()) {
        const answer = await askVirsh('test:///default', each)
        const { [caseName(each)]: expected } = recorded.test
        if (JSON.stringify(stable(answer)) !== JSON.stringify(stable(expected))) {
          differing.push(caseName(each))
        }
      }
    }
    await Promise.all([ask(), ask(), ask(), ask()])
    expect(differing).toEqual([])
  })
})

/** Ours as virsh's: hints are what we add. */
function comparable({ code, stdout, stderr }: Answer): Answer {
  return {
    code,
    stdout: stdout.replace(/^CPU time: .*$/m, 'CPU time:       …'),
    stderr: stderr.replace(/^hint: .*\n/gm, ''),
  }
}

/** virsh's as ours: the name of the program, and what only libvirt has. */
function asOurs(answer: Answer | undefined): Answer | undefined {
  if (answer === undefined) return undefined
  const { code, stdout, stderr } = answer
  return {
    code,
    stderr,
    stdout: stdout
      .replace('Welcome to virsh', 'Welcome to polyvirt')
      .replace(/^virsh ([#>]) /gm, 'polyvirt $1 ')
      .replace(/^CPU time: .*$/m, 'CPU time:       …')
      .replace(/^Messages: .*\n/m, ''),
  }
}

function stable(answer: Answer | undefined): unknown {
  return answer === undefined
    ? undefined
    : { ...answer, stdout: answer.stdout.replace(/^(CPU time: ).*$/gm, '$1') }
}
