/**
 * Records what real virsh answers: `node packages/cli/test/record-virsh.ts`.
 * Needs libvirt-clients, libvirt-daemon and qemu-system-x86 (tried with libvirt 9.0.0).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandNames } from '../src/command-index.ts'
import { virshCommands } from '../src/virsh-commands.ts'
import { askVirsh } from './ask-virsh.ts'
import type { Answer } from './ask-virsh.ts'
import { caseName, qemuDriverCases, testDriverCases } from './virsh-cases.ts'
import type { VirshCase } from './virsh-cases.ts'

const qemuConf = `stdio_handler = "file"
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
namespaces = []
remember_owner = 0
dynamic_ownership = 0
`

const root = mkdtempSync('/tmp/virsh-')
const answers = {
  test: {} as Record<string, Answer>,
  qemu: {} as Record<string, Answer>,
  synopsis: {} as Record<string, string>,
}

for (const each of testDriverCases) {
  answers.test[caseName(each)] = await askVirsh('test:///default', each)
}
for (const each of qemuDriverCases) answers.qemu[caseName(each)] = await askQemu(each)
rmSync(root, { recursive: true, force: true })
for (const name of commandNames.filter((each) => virshCommands.includes(each))) {
  const { stdout } = await askVirsh('test:///default', { words: ['help', name] })
  answers.synopsis[name] = /SYNOPSIS\n +(.*)/.exec(stdout)?.[1] ?? ''
}

writeFileSync(
  join(import.meta.dirname, 'fixtures/virsh-answers.json'),
  `${JSON.stringify(answers, undefined, 2)}\n`,
)

/**
 * libvirt's QEMU driver inside virsh itself: no daemon, and nothing of the machine is touched. Its
 * cache of what each QEMU can do stays from case to case.
 */
async function askQemu(each: VirshCase): Promise<Answer> {
  for (const name of ['etc', 'lib', 'run', 'log'])
    rmSync(join(root, name), { recursive: true, force: true })
  mkdirSync(join(root, 'etc'), { recursive: true })
  writeFileSync(join(root, 'etc/qemu.conf'), qemuConf)
  const answer = await askVirsh(`qemu:///embed?root=${root}`, each)
  const noise = /^\d{4}-\d\d-\d\d .*: (info|warning) :.*\n/gm
  return { ...answer, stderr: answer.stderr.replace(noise, '') }
}
