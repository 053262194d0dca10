import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandNames, allCommands } from '../src/command-index.ts'
import { insteadOfCommand } from '../src/not-offered.ts'
import { virshCommands } from '../src/virsh-commands.ts'
import { MemoryHypervisor, testDefault } from './memory-hypervisor.ts'
import { run } from './run-in-memory.ts'
import { guest, scratch } from './scratch.ts'

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/virsh-answers.json'), 'utf8'),
) as { readonly synopsis: Readonly<Record<string, string>> }

const work = scratch('polyvirt-commands-')
const { file } = work

describe('the commands', () => {
  it('are all found under the name they are declared with, in the group that help shows', async () => {
    const commands = await allCommands()
    expect(commands.map(({ name }) => name)).toEqual(commandNames)
    const { stdout } = await run(['help'])
    for (const { name, hidden } of commands) {
      expect(stdout.includes(`\n    ${name.padEnd(30)} `)).toBe(hidden !== true)
    }
  })

  it('have the options of virsh where virsh has them, in its order', async () => {
    // Ours stand after virsh's, so that what binds by position binds the same.
    const ours: Readonly<Record<string, readonly string[]>> = {
      autostart: ['apply'],
      create: [
        ...['arch', 'name', 'memory', 'vcpus', 'disk', 'cdrom', 'network', 'graphics', 'kernel'],
        ...['initrd', 'cmdline', 'boot', 'cpu', 'machine', 'virt-type', 'import', 'no-start'],
        ...['print-xml', 'dry-run'],
      ],
      define: ['arch'],
      migrate: ['transport', 'tls-dir'],
      start: ['arch'],
      'domxml-to-native': ['arch'],
      capabilities: ['table'],
      domcapabilities: ['table'],
      'cpu-baseline': ['more'],
    }
    for (const { name, options } of await allCommands()) {
      const synopsis = recorded.synopsis[name]
      expect([name, synopsis !== undefined]).toEqual([name, virshCommands.includes(name)])
      if (synopsis === undefined) continue
      const theirs = [...synopsis.matchAll(/(?:--|<)([a-z][\w-]*)/g)]
        .map(([, option]) => option)
        .filter((option) => option !== 'number' && !(option === 'string' && name !== 'echo'))
      expect([name, ...options.map((option) => option.name)]).toEqual([
        ...[name, ...theirs, ...(ours[name] ?? [])],
      ])
    }
  })

  it('of virsh that are not here yet say so, others get a hint', async () => {
    expect(await run(['nodesuspend', 'mem', '60'])).toEqual({
      code: 1,
      stdout: '',
      stderr:
        "error: command 'nodesuspend' is known to virsh but not offered yet\n" +
        'hint: sleeping is the host’s: systemctl suspend\n',
    })
    expect((await run(['dumpxml', 'test', '--update-cpu'])).stderr).toContain('hint: ')
    expect((await run(['dumpxlm', 'test'])).stderr).toBe(
      "error: unknown command: 'dumpxlm'\nhint: did you mean 'dumpxml'?\n",
    )
    expect((await run(['help', 'strat'])).stderr).toContain("hint: did you mean 'start'?")
    expect(JSON.parse((await run(['--json', 'dumpxlm'])).stderr)).toMatchObject({
      error: { message: "unknown command: 'dumpxlm'", hint: "did you mean 'dumpxml'?" },
    })
  })

  it('of virsh that are not here have a reason each, or a nearest way', async () => {
    const missing = virshCommands.filter((name) => !commandNames.includes(name))
    expect(missing.filter((name) => insteadOfCommand(name) === undefined)).toEqual([])
    // What is offered is not told to be done another way.
    expect(commandNames.filter((name) => insteadOfCommand(name) !== undefined)).toEqual([])
  })

  it('may have names of two words', async () => {
    for (const words of [['host'], ['host', 'bogus'], ['host', '--help']]) {
      expect(await run(words)).toEqual({
        code: 1,
        stdout: '',
        stderr: "error: command 'host' requires a second word: info, record\n",
      })
    }
    expect((await run(['conformance'])).stderr).toBe(
      "error: command 'conformance' requires a second word: list, report, run\n",
    )
    for (const words of [
      ['host', 'record', '--help'],
      ['help', 'host record'],
      ['host record --help'],
    ]) {
      expect((await run(words)).stdout).toMatch(
        /^ {2}NAME\n {4}host record - .*\n\n {2}SYNOPSIS\n {4}host record <directory>\n/,
      )
    }
    // The first word alone is virsh's group.
    expect((await run(['help', 'host'])).stdout).toMatch(
      /^ Host and Hypervisor \(help keyword 'host'\):\n/,
    )
    expect((await run(['help', 'host'])).stdout).toContain(
      '\n    host info                      print',
    )
    expect((await run(['uri; host info; uri'])).stdout).toMatch(
      /^test:\/\/\/default\n\nCPU\n[^]*\ntest:\/\/\/default\n\n$/,
    )
  })
})

describe('define, create and start', () => {
  it('warns about what it does not know, with its place, and refuses it with --validate', async () => {
    const path = file('guest.xml', guest('web', '  <unknownthing/>\n'))
    const defined = await run(['define', path])
    expect(defined).toEqual({
      code: 0,
      stdout: `Domain 'web' defined from ${path}\n\n`,
      stderr: `warning: ${path}:7:3: /domain/unknownthing: unknown element 'unknownthing'\n`,
    })
    const refused = await run(['define', path, '--validate'])
    expect(refused).toEqual({
      code: 1,
      stdout: '\n',
      stderr:
        `error: Failed to define domain from ${path}\n` +
        'error: XML document failed to validate against schema: ' +
        `${path}:7:3: /domain/unknownthing: unknown element 'unknownthing'\n`,
    })
  })

  it('tells the place of an error, to people and to programs', async () => {
    const path = file('guest.xml', guest('web', '  <vcpu>-1</vcpu>\n'))
    expect((await run(['define', path])).stderr).toBe(
      `error: Failed to define domain from ${path}\n` +
        `error: XML error: ${path}:7:3: /domain/vcpu: Invalid value '-1' for vcpu\n`,
    )
    const { stdout, stderr, code } = await run(['--json', 'define', path])
    expect([stdout, code]).toEqual(['', 1])
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'ERR_XML_ERROR',
        number: 27,
        message: expect.stringContaining(`Failed to define domain from ${path}\nXML error: `),
        problems: [
          {
            code: 'ERR_XML_ERROR',
            path: 'vcpu',
            place: { line: 7, column: 3 },
            message: "Invalid value '-1' for vcpu",
          },
        ],
      },
    })
  })

  it('names the package to install for an architecture that is not', async () => {
    const path = file('guest.xml', guest('web'))
    const hypervisor = new MemoryHypervisor({
      registry: (await import('../src/arch/arch-catalog.ts')).createArchCatalog({ from: [] })
        .registry,
    })
    const { code, stderr } = await run(['define', path, '--arch', 'ppc64le'], { hypervisor })
    expect(code).toBe(1)
    expect(stderr).toContain('npm install @polyvirt/arch-ppc64')
  })

  it('starts an XML file: defines it once, and takes the same domain the next time', async () => {
    const hypervisor = new MemoryHypervisor()
    const path = file('guest.xml', guest('web'))
    const first = await run(['start', path, '--arch', 'ppc64le'], { hypervisor })
    expect(first.stdout).toBe(`Domain 'web' defined from ${path}\nDomain 'web' started\n\n`)
    expect((await hypervisor.domainLookup('web')).arch).toBe('ppc64le')
    await hypervisor.domainDestroy('web')
    const again = await run(['start', path, '--arch', 'ppc64le'], { hypervisor })
    expect(again.stdout).toBe("Domain 'web' started\n\n")
    expect((await run(['start', path], { hypervisor })).stderr).toBe(
      'error: Domain is already active\n',
    )
    expect(await hypervisor.connectListAllDomains()).toHaveLength(1)
  })

  it('does not start a changed file over another domain of its name, and says what to do', async () => {
    const hypervisor = new MemoryHypervisor()
    await run(['define', file('one.xml', guest('web'))], { hypervisor })
    const { uuid } = await hypervisor.domainLookup('web')
    const path = file('two.xml', guest('web', '  <title>new</title>\n'))
    const { code, stderr } = await run(['start', path], { hypervisor })
    expect(code).toBe(1)
    expect(stderr).toBe(
      `error: Failed to define domain from ${path}\n` +
        `error: operation failed: domain 'web' already exists with uuid ${uuid}\n` +
        `hint: 'web' (x86_64) is defined differently: undefine it first, or give the file <uuid>${uuid}</uuid> to change it\n`,
    )
  })

  it('leaves nothing behind of a file that does not start, and forges no error lines', async () => {
    const hypervisor = new MemoryHypervisor()
    const path = file('guest.xml', guest('web', '  <title>fail-at-start</title>\n'))
    const { code, stdout, stderr } = await run(['start', path], { hypervisor })
    expect([code, stdout]).toEqual([1, '\n'])
    expect(stderr).toBe(
      "error: Failed to start domain 'web'\n" +
        'error: internal error: process exited while connecting to monitor: qemu: no \\x1b[31mdisk\n' +
        '  error: forged\n',
    )
    expect(await hypervisor.connectListAllDomains()).toEqual([])
  })

  it('takes a bare word for a name, never for a file', async () => {
    const before = process.cwd()
    file('web', guest('web'))
    process.chdir(work.directory)
    try {
      expect((await run(['start', 'web'])).stderr).toBe("error: failed to get domain 'web'\n")
      expect((await run(['start', './web'])).code).toBe(0)
      expect((await run(['start', '.'])).stderr).toBe("error: failed to get domain '.'\n")
    } finally {
      process.chdir(before)
    }
  })

  it('refuses --arch for a domain, which has one', async () => {
    const { stderr } = await run(['start', 'test', '--arch', 'ppc64'])
    expect(stderr).toContain('option --arch goes with an XML file')
  })

  it('refuses what is no document', async () => {
    expect((await run(['define', '/dev/zero'])).stderr).toBe(
      "error: Failed to read file '/dev/zero': it is larger than the 4194304 bytes (4 MiB) that a document may have\n",
    )
    const path = file('latin1.xml', '')
    writeFileSync(path, Buffer.from([0x3c, 0xe9, 0x3e]))
    expect((await run(['define', path])).stderr).toBe(
      `error: Failed to read file '${path}'\nerror: XML error: ${path}:1:2: the document is not valid UTF-8\n`,
    )
    expect((await run(['define', '/no\u001b[31m'])).stderr).toBe(
      "error: Failed to open file '/no\\x1b[31m': No such file or directory\n",
    )
  })

  it('shows how far a start has come on a terminal, and leaves no trace of it', async () => {
    const path = file('guest.xml', guest('web'))
    const shown = await run(['start', path], { terminal: true })
    expect(shown.stderr.startsWith("\r\u001b[2KStarting 'web': plan …")).toBe(true)
    expect(shown.stderr.endsWith('\r\u001b[2K')).toBe(true)
    for (const words of [
      ['-q', 'start', path],
      ['--json', 'start', path],
    ]) {
      expect((await run(words, { terminal: true })).stderr).toBe('')
    }
    expect((await run(['start', path])).stderr).toBe('')
  })
})

describe('documents and command lines', () => {
  it('dumps XML as it is into a pipe, and with references for risky characters on a terminal', async () => {
    const hypervisor = new MemoryHypervisor()
    const { domain } = await hypervisor.domainDefineXml(
      guest('web', '  <title>\u009b31m\u202e</title>\n'),
    )
    const piped = await run(['dumpxml', domain.uuid], { hypervisor })
    expect(piped.stdout).toContain('<title>\u009b31m\u202e</title>')
    const shown = await run(['dumpxml', domain.uuid], { hypervisor, terminal: true })
    expect(shown.stdout).toContain('<title>&#x9b;31m&#x202e;</title>')
    const json = await run(['--json', 'dumpxml', domain.uuid], { hypervisor })
    expect(json.stdout).toContain('\\u009b31m\\u202e')
    expect((JSON.parse(json.stdout) as { xml: string }).xml).toBe(piped.stdout.slice(0, -1))
  })

  it('prints a command line that a shell would take', async () => {
    const path = file('guest.xml', guest('web'))
    const line =
      `LC_ALL=C HOME='/var/lib/a b' /usr/bin/qemu-system-x86_64 -name guest=web ` +
      `-device '{"a":1}'\n`
    expect((await run(['domxml-to-native', 'qemu-argv', path])).stdout).toBe(line)
    expect((await run(['domxml-to-native', 'qemu-argv', '--xml', path])).stdout).toBe(line)
    expect((await run(['domxml-to-native', 'qemu-argv', '--domain', 'test'])).stdout).toBe(
      line.replace('guest=web', 'guest=test'),
    )
    expect((await run(['domxml-to-native', 'xen-xl', path])).stderr).toBe(
      'error: invalid argument: unsupported config type xen-xl\n',
    )
  })

  it('explains what was added', async () => {
    const path = file('guest.xml', guest('web'))
    expect((await run(['explain', path, '--arch', 'ppc64le'])).stdout).toBe(
      `Domain 'web' on ppc64le, machine q35: 2 added

 Path                     Value                   Reason (rule)
---------------------------------------------------------------------------------------------------------
 vcpu                     1                       a domain has at least one vCPU (vcpu/default)
 devices/rng[1]/address   <address type='pci'/>   every PCI device has a place on a bus (addresses/pci)

`,
    )
    expect((await run(['-q', 'explain', path])).stdout).toBe(
      ` devices/rng[1]/address   <address type='pci'/>   addresses/pci   @polyvirt/core   every PCI device has a place on a bus
 vcpu                     1                       vcpu/default    @polyvirt/core   a domain has at least one vCPU
`,
    )
    expect((await run(['explain', path, '--xml'])).stdout).toMatch(
      /^<domain type='qemu'>[^]*<\/domain>\n\n$/,
    )
    const json = await run(['explain', path, '--json'])
    expect((JSON.parse(json.stdout) as { entries: unknown[] }).entries).toHaveLength(2)
  })
})

describe('the host', () => {
  it('tells versions in virsh`s lines, one for each where they differ', async () => {
    const hypervisor = await testDefault()
    expect((await run(['version'], { hypervisor })).stdout).toBe(
      `Compiled against library: polyvirt 0.1.0
Using library: polyvirt 0.1.0
Using API: QEMU 0.1.0
Running hypervisor: QEMU 7.2.22

`,
    )
    hypervisor.versions = [
      ...hypervisor.versions,
      { arch: 'ppc64le', emulator: '/opt/qemu-system-ppc64', version: '9.1.0' },
    ]
    expect((await run(['version'], { hypervisor })).stdout).toContain(
      'Running hypervisor: QEMU 7.2.22 (x86_64)\nRunning hypervisor: QEMU 9.1.0 (ppc64le)\n',
    )
    hypervisor.versions = []
    expect((await run(['version'], { hypervisor })).stdout).toContain(
      'Cannot extract running QEMU hypervisor version\n',
    )
  })

  it('prints capabilities as virsh does, with a line end of its own', async () => {
    expect((await run(['capabilities'])).stdout).toBe(
      '<capabilities>\n  <host/>\n</capabilities>\n\n\n',
    )
    const words = [
      'domcapabilities',
      '--virttype',
      'kvm',
      '--arch',
      'ppc64',
      '--machine',
      'pseries',
    ]
    expect((await run(words)).stdout).toContain(
      '<domain>kvm</domain>\n  <machine>pseries</machine>',
    )
    expect((await run(['domcapabilities', 'kvm', '/opt/qemu'])).stdout).toContain(
      '<path>/opt/qemu</path>',
    )
    expect((await run(['domcapabilities', '--virttype', 'xen'])).stderr).toBe(
      'error: failed to get emulator capabilities\nerror: invalid argument: unknown virttype: xen\nhint: offered: kvm, qemu\n',
    )
  })

  it('shows its own version without a connection', async () => {
    expect(await run(['-v'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' })
    expect((await run(['-V'])).stdout).toMatch(/^Polyvirt command line tool, version 0\.1\.0\n/)
    expect((await run(['--help'])).stdout).toMatch(
      /^\npolyvirt \[options\]\.\.\. \[<command_string>\]\n/,
    )
  })
})

describe('displays', () => {
  it('gives VNC by its display`s number, one or all', async () => {
    expect((await run(['domdisplay', 'test'])).stdout).toBe('vnc://127.0.0.1:1\n')
    expect((await run(['domdisplay', 'test', '--type', 'spice'])).stdout).toBe(
      'spice://127.0.0.1:5900\n',
    )
    expect((await run(['domdisplay', 'test', '--all'])).stdout).toBe(
      'vnc://127.0.0.1:1\nspice://127.0.0.1:5900\n',
    )
    const hypervisor = await testDefault()
    hypervisor.displays = []
    expect((await run(['domdisplay', 'test'], { hypervisor })).stderr).toBe(
      'error: No graphical display found\n',
    )
    expect((await run(['domdisplay', 'test', '--type', 'rdp'])).stderr).toBe(
      "error: No graphical display with type 'rdp' found\n",
    )
  })

  it('gives the password of each where virsh has it, where that is asked for', async () => {
    const hypervisor = await testDefault()
    hypervisor.displays = ['vnc://h:0', 'vnc://h:1', 'spice://h:5902', 'vnc+unix:///s']
    hypervisor.domainGetXmlDesc = async () =>
      `<domain><devices><graphics type='vnc' port='5900'/><graphics type='vnc' port='5901' passwd='p $&amp;@'/>
       <graphics type='spice' port='5902' passwd='s'/><graphics type='vnc' passwd='t'/></devices></domain>`
    const shown = await run(['domdisplay', 'test', '--all', '--include-password'], { hypervisor })
    expect(shown.stdout).toBe(
      'vnc://h:0\nvnc://:p $&@@h:1\nspice://h:5902?password=s\nvnc+unix:///s\n',
    )
    expect((await run(['domdisplay', 'test', '--all'], { hypervisor })).stdout).not.toContain('p $')
  })
})

describe('events of perf', () => {
  it('are those of the definition, none of a guest that runs, and cannot be turned on', async () => {
    const hypervisor = await testDefault()
    const asked: unknown[] = []
    hypervisor.domainGetXmlDesc = async (...words: readonly unknown[]) => {
      asked.push(words[1])
      return `<domain><perf><event name='cpu_cycles' enabled='yes'/><event name='cmt' enabled='no'/></perf></domain>`
    }
    const config = await run(['perf', 'test', '--config'], { hypervisor })
    expect(config.stdout).toContain('\nmbml           : disabled\ncpu_cycles     : enabled\n')
    expect(config.stdout.match(/: enabled$/gm)).toHaveLength(1)
    expect(config.stdout).toContain('\nstalled_cycles_frontend: disabled\n')
    expect(asked).toEqual([{ inactive: true }])
    const live = await run(['perf', 'test'], { hypervisor })
    expect(live.stdout.match(/: disabled$/gm)).toHaveLength(22)
    expect((await run(['perf', 'test', '--enable', 'cmt'], { hypervisor })).stderr).toMatch(
      /^error: option --enable of command 'perf' is known to virsh but not offered yet\nhint: /,
    )
  })

  it('of a guest that is off are not asked of one that runs', async () => {
    const hypervisor = await testDefault()
    await hypervisor.domainDestroy('test')
    expect((await run(['perf', 'test', '--live'], { hypervisor })).stderr).toBe(
      'error: Unable to get perf events\nerror: Requested operation is not valid: domain is not running\n',
    )
  })
})

describe('events', () => {
  it('that virsh does not know are refused', async () => {
    expect((await run(['event', '--event', 'rtc-changes'])).stderr).toBe(
      'error: unknown event type rtc-changes\n',
    )
  })

  it('are printed in virsh`s words, with their time if wanted', async () => {
    const hypervisor = await testDefault()
    const watching = run(['event', '--all', '--loop', '--timeout', '1'], { hypervisor })
    await new Promise((resolve) => setTimeout(resolve, 100))
    await hypervisor.domainReboot('test')
    await hypervisor.domainSuspend('test')
    await hypervisor.domainShutdown('test')
    expect(await watching).toEqual({
      code: 0,
      stderr: '',
      stdout: `event 'reboot' for domain 'test'
event 'lifecycle' for domain 'test': Suspended Paused
event 'lifecycle' for domain 'test': Shutdown Finished after guest request
event 'lifecycle' for domain 'test': Stopped Shutdown
event loop timed out
events received: 4

`,
    })
  })

  it('are waited for no longer than somebody reads them', async () => {
    const hypervisor = await testDefault()
    const watching = run(['event', '--all', '--loop'], { hypervisor, readerOf: 1 })
    await new Promise((resolve) => setTimeout(resolve, 100))
    await hypervisor.domainSuspend('test')
    await hypervisor.domainResume('test')
    expect(await watching).toEqual({
      code: 0,
      stderr: '',
      stdout: "event 'lifecycle' for domain 'test': Suspended Paused\n",
    })
  })

  it('of networks, pools and secrets are printed as virsh does', async () => {
    const hypervisor = await testDefault()
    const [timestampMs, uuid] = [Date.UTC(2026, 10, 22), '00000000-0000-4000-8000-000000000001']
    const network = { name: 'n', uuid }
    const pool = { name: 'p', uuid }
    Object.assign(hypervisor, {
      networkLookup: (name: string) => Promise.resolve({ name, uuid: 'another' }),
      async *networkEvents() {
        yield { network, event: 'defined', timestampMs }
        yield { network, event: 'started', timestampMs }
      },
      async *storagePoolEvents() {
        yield { pool, event: 'created', timestampMs }
        yield { pool, event: 'refreshed', timestampMs }
      },
      async *secretEvents() {
        yield { secret: { uuid }, event: 'defined', timestampMs }
        yield { secret: { uuid }, event: 'value-changed', timestampMs }
      },
    })
    const said = async (...words: readonly string[]): Promise<string> => {
      const { stdout, stderr } = await run(words, { hypervisor })
      return `${stdout}${stderr}`
    }
    const ended = (count: number): string => `event loop timed out\nevents received: ${count}\n\n`
    expect(await said('net-event', '--event', 'lifecycle', '--loop', '--timeout', '1')).toBe(
      `event 'lifecycle' for network n: Defined\nevent 'lifecycle' for network n: Started\n${ended(2)}`,
    )
    expect(await said('net-event', '--event', 'lifecycle')).toBe(
      `event 'lifecycle' for network n: Defined\nevents received: 1\n\n`,
    )
    expect(await said('net-event', 'm', 'lifecycle', '--loop', '--timeout', '1')).toBe(ended(0))
    expect(await said('pool-event', '--event', 'refresh', '--timestamp')).toBe(
      `2026-11-22 00:00:00.000+0000: event 'refresh' for storage pool p\nevents received: 1\n\n`,
    )
    expect(await said('pool-event', '--event', 'lifecycle')).toBe(
      `event 'lifecycle' for storage pool p: Created\nevents received: 1\n\n`,
    )
    expect(await said('secret-event', '--event', 'value-changed')).toBe(
      `event 'value-changed' for secret ${uuid}\nevents received: 1\n\n`,
    )
    expect(JSON.parse(await said('--json', '-q', 'secret-event', '--event', 'lifecycle'))).toEqual({
      secret: { uuid },
      event: 'defined',
      timestampMs,
    })
    expect(await said('pool-event', '--list', '--loop')).toBe('lifecycle\nrefresh\n\n')
    expect(await said('secret-event')).toBe(
      '\nerror: either --list or --event <type> is required\n',
    )
    expect(await said('net-event', '--event', 'refresh')).toBe(
      '\nerror: unknown event type refresh\n',
    )
  })

  it('end after the first one, of one domain, as JSON lines', async () => {
    const hypervisor = await testDefault()
    await hypervisor.domainDefineXml(guest('other'))
    const watching = run(['--json', 'event', 'test', 'lifecycle'], { hypervisor })
    const stamped = run(['event', '--event', 'lifecycle', '--timestamp'], { hypervisor })
    await new Promise((resolve) => setTimeout(resolve, 100))
    await hypervisor.domainCreate('other')
    await hypervisor.domainReboot('test')
    await hypervisor.domainDestroy('test')
    const { stdout, code } = await watching
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ event: 'stopped', detail: 'destroyed' })
    expect((await stamped).stdout).toBe(
      "2026-11-22 21:59:31.557+0000: event 'lifecycle' for domain 'other': Started Booted\nevents received: 1\n\n",
    )
  })
})

describe('edit', () => {
  const edit = (editor: string, words: readonly string[] = ['edit', 'test']) =>
    run(words, { environment: { PATH: '/usr/bin:/bin', EDITOR: editor } })

  it('says when nothing was changed', async () => {
    expect(await edit('true')).toEqual({
      code: 0,
      stdout: "Domain 'test' XML configuration not changed.\n\n",
      stderr: '',
    })
  })

  it('redefines what was changed, in a file that nobody else can read and that goes away', async () => {
    const hypervisor = await testDefault()
    const log = join(work.directory, 'log')
    const script = file(
      'editor',
      `#!/bin/sh\nstat -c '%a %n' "$1" "$(dirname "$1")" > ${log}\nsed -i 's/8388608/4194304/' "$1"\n`,
    )
    const environment = { PATH: '/usr/bin:/bin', EDITOR: `sh ${script}` }
    const { stdout } = await run(['edit', 'test'], { hypervisor, environment })
    expect(stdout).toBe("Domain 'test' XML configuration edited.\n\n")
    expect((await hypervisor.domainGetInfo('test')).maxMemoryKiB).toBe(4194304)
    const [fileLine = '', directoryLine = ''] = readFileSync(log, 'utf8').split('\n')
    expect([fileLine.split(' ')[0], directoryLine.split(' ')[0]]).toEqual(['600', '700'])
    expect(() => readFileSync(fileLine.split(' ')[1] ?? '')).toThrow('ENOENT')
  })

  it('fails with the reason where nobody can be asked', async () => {
    const { code, stderr } = await edit("sed -i 's/<vcpu.*/<vcpu>x<\\/vcpu>/'")
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^error: XML error: edited XML:\d+:\d+: \/domain\/vcpu: Invalid value 'x' for vcpu\n$/,
    )
  })

  it('tells that the editor failed', async () => {
    const { code, stderr } = await edit('false')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^error: internal error: Child process \(false .*\) unexpected exit status 1\n$/,
    )
  })
})

describe('completion', () => {
  it.each([
    [['st'], ['start']],
    [['nothing', ''], []],
    [
      ['dominfo', ''],
      ['test', 'off', '--domain'],
    ],
    [
      ['start', ''],
      [
        'off',
        '--domain',
        '--console',
        '--paused',
        '--autodestroy',
        '--bypass-cache',
        '--force-boot',
        '--arch',
      ],
    ],
    [
      ['destroy', ''],
      ['test', '--domain', '--graceful'],
    ],
    [['destroy', 'test', '--'], ['--graceful']],
    [
      ['console', 'test', '--devname', ''],
      ['serial0', 'console1'],
    ],
    [
      ['event', '--event', 'pm'],
      ['pm-wakeup', 'pm-suspend', 'pm-suspend-disk'],
    ],
    [
      ['domxml-to-native', ''],
      ['qemu-argv', '--format', '--domain', '--xml', '--arch'],
    ],
    [
      ['help', 'arc'],
      ['arches', 'arch'],
    ],
    [['ho'], ['host', 'hostname']],
    [
      ['host', ''],
      ['info', 'record'],
    ],
    [['host', 'r'], ['record']],
    [['host', 'record', '--'], ['--directory']],
    [['host', 'nothing', ''], []],
    [['cpu-models', ''], ['--arch']],
    [
      ['hypervisor-cpu-baseline', '--virttype', ''],
      ['kvm', 'qemu'],
    ],
    [
      ['can-migrate', ''],
      ['test', 'off', '--domain', '--host'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', '--shell'],
    ],
  ])('of %j', async (words, expected) => {
    const hypervisor = await testDefault()
    await hypervisor.domainDefineXml(guest('off'))
    const { stdout, code } = await run(['-q', 'complete', '--', ...words], { hypervisor })
    expect(stdout.split('\n').filter((line) => line !== '')).toEqual(expected)
    expect(code).toBe(expected.length === 0 ? 1 : 0)
  })

  it('has a script for each shell, and says which', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      expect((await run(['completion', shell])).stdout).toContain('complete -- ')
    }
    expect((await run(['completion', 'csh'])).stderr).toBe(
      "error: no completion for shell 'csh'; offered: bash, zsh, fish\n",
    )
  })
})

describe('output', () => {
  it('escapes what documents and guests say', async () => {
    const hypervisor = new MemoryHypervisor()
    const title = '<title>a\u009b31m\u202eb</title>'
    const { domain } = await hypervisor.domainDefineXml(guest('w\u200beb', `  ${title}\n`))
    const { stdout } = await run(['list', '--all', '--title'], { hypervisor })
    expect(stdout).toContain(' -    w\\u200beb   shut off   a\\x9b31m\\u202eb\n')
    for (const words of [
      ['list', '--all', '--name'],
      ['domname', domain.uuid],
      ['undefine', domain.uuid],
    ]) {
      expect((await run(words, { hypervisor })).stdout).toContain('w\\u200beb')
    }
    expect((await run(['bogus\u001b[31m'])).stderr).toBe(
      "error: unknown command: 'bogus\\x1b[31m'\n",
    )
  })

  it('has colours on a terminal only, and not where they are unwanted', async () => {
    const colored = '\u001b[32mrunning\u001b[0m'
    const list = (words: readonly string[], environment: NodeJS.ProcessEnv = {}, terminal = true) =>
      run([...words, 'list'], { terminal, environment })
    expect((await list([])).stdout).toContain(` 1    test   ${colored}\n`)
    expect((await list(['--no-color'])).stdout).not.toContain('\u001b')
    expect((await list([], { NO_COLOR: '1' })).stdout).not.toContain('\u001b')
    expect((await list([], { TERM: 'dumb' })).stdout).not.toContain('\u001b')
    expect((await list([], {}, false)).stdout).not.toContain('\u001b')
    expect((await run(['bogus'], { terminal: true })).stderr).toContain(
      '\u001b[31merror:\u001b[0m ',
    )
  })

  it('is JSON everywhere with --json, before or after the command', async () => {
    for (const command of [
      'list --all',
      'dominfo test',
      'domstate test',
      'domid test',
      'domuuid test',
      'nodeinfo',
      'uri',
      'hostname',
      'version',
      'capabilities',
      'capabilities --table',
      'domcapabilities',
      'nodecpumap',
      'nodecpustats',
      'nodememstats',
      'freecell',
      'freecell 1',
      'freecell --all',
      'sysinfo',
      'cpu-models ppc64',
      'doctor',
      'dumpxml test',
      'domblklist test',
      'domiflist test',
      'domdisplay test',
      'suspend test',
      'autostart test',
      'undefine test',
      'help',
      'help list',
      'arches',
      'complete -- li',
      'completion bash',
      'pwd',
      'echo a',
      'event --list',
    ]) {
      const [name = '', ...rest] = command.split(' ')
      for (const words of [
        ['--json', name, ...rest],
        [name, '--json', ...rest],
      ]) {
        const { stdout, stderr, code } = await run(words)
        expect([command, code, stderr]).toEqual([command, 0, ''])
        expect(() => JSON.parse(stdout) as unknown, command).not.toThrow()
      }
    }
    const { stderr } = await run(['--json', 'dominfo', 'nope'])
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'ERR_NO_DOMAIN',
        number: 42,
        message: "failed to get domain 'nope'",
        problems: [],
      },
    })
    expect(JSON.parse((await run(['--json', '-r', 'destroy', 'test'])).stderr)).toMatchObject({
      error: { code: 'ERR_OPERATION_DENIED', number: 29 },
    })
    expect(JSON.parse((await run(['--json', '--bogus'])).stderr)).toMatchObject({
      error: { code: 'ERR_INVALID_ARG', number: 8 },
    })
  })

  it('prints the time a command took', async () => {
    expect((await run(['-t', 'uri'])).stdout).toMatch(
      /^test:\/\/\/default\n\n\(Time: \d+\.\d{3} ms\)\n\n$/,
    )
  })

  it('keeps a log', async () => {
    const log = join(work.directory, 'log')
    await run(['-l', log, 'domid', 'nope'])
    expect(readFileSync(log, 'utf8')).toMatch(/ polyvirt \d+\] run domid nope\n.* exit 1\n$/)
  })

  it('looks up id, then uuid, then name', async () => {
    const hypervisor = await testDefault()
    await hypervisor.domainDefineXml(guest('1'))
    await hypervisor.domainDefineXml(guest('6695eb01-f6a4-8304-79aa-97f2502e193f'))
    for (const name of ['autostart', 'networks', '__proto__', '123']) {
      await hypervisor.domainDefineXml(guest(name))
      expect((await run(['domstate', name], { hypervisor })).stdout).toBe('shut off\n\n')
    }
    expect((await run(['domstate', '1'], { hypervisor })).stdout).toBe('running\n\n')
    expect((await run(['domname', '1'], { hypervisor })).stdout).toBe('test\n\n')
    await run(['destroy', 'test'], { hypervisor })
    expect((await run(['domstate', '1'], { hypervisor })).stdout).toBe('shut off\n\n')
  })
})
