import { spawn } from 'node:child_process'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { MemoryHypervisor } from '../memory-hypervisor.ts'
import { run } from '../run-in-memory.ts'
import { guest, scratch } from '../scratch.ts'
import type { RunResult } from '../run-in-memory.ts'
import { hasVirsh } from '../ask-virsh.ts'

const work = scratch('polyvirt-diff-')
const { file } = work

const polyvirt = (
  words: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<RunResult> =>
  run(words, {
    hypervisor: new MemoryHypervisor(),
    environment: { PATH: `${work.directory}:/usr/bin:/bin`, ...environment },
  })

describe('diff', () => {
  it('tells what becomes of a document', async () => {
    const path = file('a.xml', guest('a'))
    const { code, stdout, stderr } = await polyvirt(['diff', path])
    expect([code, stderr]).toEqual([1, ''])
    expect(stdout).toMatch(
      /^- .*a\.xml\n\+ polyvirt\n\nDefinition: 1 difference\n\+ uuid: <uuid>[-0-9a-f]{36}<\/uuid>\n\n$/,
    )
  })

  it('tells how two documents differ, in definition and command line', async () => {
    const [one, two] = [
      file('a.xml', guest('a')),
      file('b.xml', guest('b', '  <title>t</title>\n')),
    ]
    expect(await polyvirt(['diff', one, one])).toMatchObject({
      code: 0,
      stdout: `- ${one}\n+ ${one}\n\nDefinition: no differences\n\nCommand line: no differences\n\n`,
    })
    expect(await polyvirt(['-q', 'diff', one, two])).toEqual({
      code: 1,
      stderr: '',
      stdout: "~ name: 'a' | 'b'\n+ title: <title>t</title>\n~ -name guest: 'a' | 'b'\n",
    })
    expect(JSON.parse((await polyvirt(['diff', one, two, '--json'])).stdout)).toEqual({
      equal: false,
      left: { who: one, has: ['definition', 'command line'] },
      right: { who: two, has: ['definition', 'command line'] },
      definition: [
        { kind: 'changed', path: 'name', left: 'a', right: 'b' },
        { kind: 'added', path: 'title', right: '<title>t</title>' },
      ],
      commandLine: [{ kind: 'changed', path: '-name guest', left: 'a', right: 'b' }],
      remarks: [],
    })
  })

  it('ends with 2 where there is nothing to compare', async () => {
    const path = file('a.xml', guest('a'))
    for (const [words, message] of [
      [['diff'], "error: command 'diff' requires <file> option\n"],
      [['diff', join(work.directory, 'none')], 'No such file or directory\n'],
      [['diff', path, '--against', 'xen'], "cannot compare itself with 'xen'; offered: libvirt\n"],
      [['diff', path, path, '--against', 'libvirt'], 'are mutually exclusive\n'],
      [['diff', path, '--uri', 'test:///default'], 'it needs --against libvirt\n'],
      [['diff', file('b.xml', '<domain>')], ''],
      [['diff', file('c.xml', guest('c', '  <vcpu>-1</vcpu>\n'))], "Invalid value '-1' for vcpu\n"],
    ] as const) {
      const { code, stdout, stderr } = await polyvirt(words)
      expect([code, stdout.trim(), stderr.startsWith('error: ')]).toEqual([2, '', true])
      expect(stderr).toContain(message)
    }
  })
})

/** A virsh in the folder that stores anything, or what `FAKE` says; it notes what it is told. */
function installVirsh(): void {
  file(
    'virsh',
    `#!/bin/sh
echo "$*" >> '${work.directory}/log'
for commands; do :; done
mark=$(echo "$commands" | sed -n "s/.*echo '\\(== [^']* ==\\)'.*/\\1/p")
say() { printf '%s\\n\\n%s\\n\\n' "$1" "$mark"; }
missing() { echo "error: failed to get domain 'x'" >&2; echo "$mark"; }
case $FAKE in unreachable) echo 'error: failed to connect to the hypervisor' >&2; exit 1 ;; esac
case $commands in undefine*) [ "$FAKE" = stuck ] || echo undefined; exit ;; esac
say fake:///
say 'Using library: libvirt 9.0.0
Running hypervisor: QEMU 7.2.0'
[ "$FAKE" != slow ] || { touch '${work.directory}/asked'; sleep 1; }
if [ "$FAKE" = refuse ]; then
  printf '%s\\n' 'error: Failed to define domain from /dev/stdin' \\
    '2026-11-25 17:26:04.400+0000: 463: info : hostname: vm' 'error: XML error: no' >&2
  missing; missing; missing; missing; exit 1
fi
say 'Domain defined'
say "$(cat /dev/stdin)"
name=$(sed -n 's:.*<name>\\(.*\\)</name>.*:\\1:p' /dev/stdin)
if [ "$FAKE" = unstartable ]; then echo 'error: internal error: no argv' >&2; echo "$mark"
elif [ "$FAKE" = tap ]; then say '/usr/bin/qemu-system-x86_64 -netdev tap,id=hostnet0'
else say "LC_ALL=C /usr/bin/qemu-system-x86_64 -name guest=$name -device a=1"; fi
[ "$FAKE" = stuck ] || echo undefined
echo undefined >> '${work.directory}/log'
`,
  )
  chmodSync(join(work.directory, 'virsh'), 0o755)
}

const log = (): string => readFileSync(join(work.directory, 'log'), 'utf8')

describe('diff --against libvirt', () => {
  const against = (path: string, FAKE = '', ...words: readonly string[]): Promise<RunResult> =>
    polyvirt(['diff', path, '--against', 'libvirt', ...words], { FAKE })

  it('defines another domain, compares, and undefines it', async () => {
    installVirsh()
    const own = '6695eb01-f6a4-8304-79aa-97f2502e193f'
    const path = file('a.xml', guest('web', `  <uuid>${own}</uuid>\n`))
    expect(await against(path, '', '--uri', 'fake:///x')).toEqual({
      code: 0,
      stderr: '',
      stdout:
        '- polyvirt\n+ libvirt 9.0.0, QEMU 7.2.0, fake:///\n\n' +
        'Definition: no differences\n\nCommand line: no differences\n\n',
    })
    expect(log()).toMatch(
      /^-c fake:\/\/\/x uri; .*; define \/dev\/stdin; .*; undefine [-0-9a-f]{36} --keep-nvram\nundefined\n$/,
    )
    expect(log()).not.toContain(own)
    expect(log()).not.toContain('web')
  })

  it('tells who refuses, and why', async () => {
    installVirsh()
    const path = file('a.xml', guest('a'))
    const refused = await against(path, 'refuse')
    expect(refused.code).toBe(1)
    expect(refused.stdout).toBe(
      '- polyvirt\n+ libvirt 9.0.0, QEMU 7.2.0, fake:///\n\n' +
        'polyvirt accepts it\nlibvirt 9.0.0 refuses it:\n    XML error: no\n\n',
    )
    expect((await against(path, 'unstartable')).stdout).toContain(
      'libvirt 9.0.0 stores it, but would not start it:\n    internal error: no argv\n\nDefinition: no differences\n\n',
    )
    const bad = file('b.xml', guest('b', '  <vcpu>x</vcpu>\n'))
    expect((await against(bad)).stdout).toContain(
      `polyvirt refuses it:\n    XML error: ${bad}:7:3: /domain/vcpu: Invalid value 'x' for vcpu\nlibvirt 9.0.0 accepts it\n`,
    )
    expect((await against(bad, 'refuse')).code).toBe(0)
  })

  it('remarks on what libvirt shows otherwise than it starts it', async () => {
    installVirsh()
    const path = file('a.xml', guest('a'))
    expect((await against(path, 'tap')).stdout).toContain(
      '\nNote: domxml-to-native of libvirt shows each interface as a bare tap;',
    )
  })

  it('ends with 2 where libvirt cannot be asked, and says what to do', async () => {
    const path = file('a.xml', guest('a'))
    const missing = await polyvirt(['diff', path, '--against', 'libvirt'], { PATH: work.directory })
    expect(missing.code).toBe(2)
    expect(missing.stderr).toMatch(
      /^error: virsh is not installed: there is none in PATH\nhint: .*apt install libvirt-clients/,
    )
    installVirsh()
    expect(await against(path, 'unreachable')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^error: libvirt cannot be asked: failed to connect to the hypervisor\nhint: .*--uri/,
      ) as unknown,
    })
    expect(await against(path, 'stuck')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^error: libvirt still has .*\nhint: run: virsh undefine /,
      ) as unknown,
    })
  })

  it('does not ask what would end the daemon', async () => {
    installVirsh()
    const many = file('a.xml', guest('a', '  <vcpu>4294967295</vcpu>\n'))
    const { code, stderr } = await against(many)
    expect([code, existsSync(join(work.directory, 'log'))]).toEqual([2, false])
    expect(stderr).toContain('a.xml:7:3: /domain/vcpu: libvirt is not asked about 4294967295 vCPUs')
  })

  it('is interrupted at once, and libvirt`s domain goes all the same', async () => {
    installVirsh()
    const path = file('a.xml', guest('a'))
    const { code, stderr } = await run(['diff', path, '--against', 'libvirt'], {
      hypervisor: new MemoryHypervisor(),
      environment: { PATH: `${work.directory}:/usr/bin:/bin`, FAKE: 'slow' },
      interrupts: { listen: () => ({ signal: AbortSignal.timeout(400), stop: () => {} }) },
    })
    expect([code, stderr]).toEqual([130, 'error: interrupted\n'])
    expect(log()).not.toContain('undefined')
    while (!log().includes('undefined')) await sleep(50)
  })

  it('leaves nothing behind when it is killed meanwhile', async () => {
    installVirsh()
    const path = file('a.xml', guest('a'))
    const main = join(import.meta.dirname, '../memory-main.ts')
    const child = spawn(
      process.execPath,
      ['--conditions=@polyvirt/source', main, 'diff', path, '--against', 'libvirt'],
      {
        env: { PATH: `${work.directory}:/usr/bin:/bin`, TMPDIR: work.directory, FAKE: 'slow' },
        stdio: 'ignore',
      },
    )
    const ended = new Promise((resolve) => child.once('close', resolve))
    while (!existsSync(join(work.directory, 'asked'))) await sleep(20)
    child.kill('SIGKILL')
    await ended
    expect(log()).not.toContain('undefined')
    while (!log().includes('undefined')) await sleep(50)
  })
})

const notRun = hasVirsh() ? '' : ' (not run: there is no virsh in PATH)'
describe.runIf(hasVirsh())(`diff --against libvirt, asking a real virsh${notRun}`, () => {
  it('understands its answers, also where the driver has no command lines', async () => {
    const inside = "  <vcpu>1</vcpu>\n  <devices>\n    <disk type='block'/>\n  </devices>\n"
    const ask = async (text: string): Promise<RunResult> =>
      run(['diff', file('a.xml', text), '--against', 'libvirt', '--uri', 'test:///default'], {
        hypervisor: new MemoryHypervisor(),
        environment: process.env,
      })
    const stored = await ask(guest('a').replace('qemu', 'test'))
    expect(stored.code).toBe(1)
    expect(stored.stdout).toMatch(
      /\n\+ libvirt \d+\S+, .*test:\/\/\/default\n\npolyvirt accepts it\nlibvirt \S+ stores it, but would not start it:\n {4}this function is not supported/,
    )
    expect(stored.stdout).toContain("\n+ vcpu: <vcpu placement='static'>1</vcpu>\n")
    expect(stored.stdout).not.toMatch(/[~+-] (?:name|uuid): /)
    const refused = await ask(guest('a', inside).replace('qemu', 'test'))
    expect(refused.stdout).toMatch(/accepts it\nlibvirt \S+ refuses it:\n {4}\S.*target/)
  })
})
