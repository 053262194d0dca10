import { describe, expect, it } from 'vitest'
import { domainError } from '../../src/core.ts'
import { testDefault } from '../memory-hypervisor.ts'
import type { MemoryHypervisor } from '../memory-hypervisor.ts'
import { recordingHypervisor } from '../recording-hypervisor.ts'
import { run } from '../run-in-memory.ts'

/** One verb, and what it is given. */
async function asked(
  verb: string,
  answer?: unknown,
): Promise<{ readonly hypervisor: MemoryHypervisor; readonly given: () => readonly unknown[] }> {
  const { hypervisor, calls } = await recordingHypervisor([verb], answer)
  return { hypervisor, given: () => calls.flatMap(([, ...given]) => given) }
}

describe('the agent of a guest', () => {
  it('is not asked to have a guest sleep for a while, which no agent can', async () => {
    const { hypervisor, given } = await asked('domainPmSuspend')
    const words = ['dompmsuspend', 'test', 'mem', '--duration', '5']
    expect((await run(words, { hypervisor })).stderr).toBe(
      "error: Domain 'test' could not be suspended\nerror: Operation not supported: Duration not supported. Use 0 for now\nhint: dompmwakeup wakes the guest\n",
    )
    expect(given()).toEqual([])
  })

  it.each([
    [['domfsfreeze', 'test', '/', '/a'], 'domainFsFreeze', 2, 'Froze 2 filesystem(s)\n\n'],
    [['domfsthaw', 'test'], 'domainFsThaw', 1, 'Thawed 1 filesystem(s)\n\n'],
    [['domtime', 'test'], 'domainGetTime', { seconds: 5, nanoseconds: 1 }, 'Time: 5\n'],
    [
      ['domtime', 'test', '--pretty'],
      'domainGetTime',
      { seconds: 5, nanoseconds: 1 },
      'Time: 1970-01-01 00:00:05\n',
    ],
    [['domhostname', 'test'], 'domainGetGuestInfo', { hostname: 'a\u001b[1m' }, 'a\\u001b[1m\n\n'],
    [
      ['set-user-password', 'test', 'a', 'b'],
      'domainSetUserPassword',
      undefined,
      'Password set successfully for a in test\n',
    ],
    [
      ['vcpucount', 'test', '--guest'],
      'domainQemuAgentCommand',
      '{"return":[{"logical-id":0,"online":true},{"logical-id":1,"online":false}]}',
      '1\n\n',
    ],
    [
      ['vcpucount', 'test', '--guest', '--maximum'],
      'domainQemuAgentCommand',
      '{"return":[{"logical-id":0,"online":true},{"logical-id":1,"online":false}]}',
      '2\n\n',
    ],
    [
      ['dompmsuspend', 'test', 'mem', '--duration', '0'],
      'domainPmSuspend',
      undefined,
      "Domain 'test' successfully suspended\n",
    ],
    [
      ['qemu-agent-command', 'test', '{}'],
      'domainQemuAgentCommand',
      '{"return":1}',
      '{"return":1}\n\n',
    ],
  ])('%j is answered as virsh answers', async (words, verb, answer, stdout) => {
    const { hypervisor } = await asked(verb, answer)
    const said = await run(words, { hypervisor })
    expect([said.code, said.stderr]).toEqual([0, ''])
    expect(said.stdout.replaceAll(/\\(?:x1b|u001b|e|033)/g, '\\u001b')).toBe(stdout)
  })

  it('tells of the guest under libvirt’s names', async () => {
    const { hypervisor } = await asked('domainGetGuestInfo', {
      os: { id: 'debian' },
      timezone: { name: 'UTC', offsetSeconds: 0 },
      users: [{ name: 'root', loginTimeMs: 7 }],
      interfaces: [{ name: 'lo', addresses: [{ type: 'ipv4', address: '127.0.0.1', prefix: 8 }] }],
    })
    const { stdout } = await run(['guestinfo', 'test'], { hypervisor })
    expect(stdout).toContain('user.count          : 1\nuser.0.name         : root\n')
    expect(stdout).toContain('os.id               : debian\n')
    expect(stdout).toContain('if.0.addr.0.addr    : 127.0.0.1\n')
  })

  it('tells addresses in virsh’s columns', async () => {
    const { hypervisor, given } = await asked('domainInterfaceAddresses', [
      {
        name: 'vnet0',
        mac: '52:54:00:00:00:01',
        addresses: [
          { type: 'ipv4', address: '10.0.2.15', prefix: 24 },
          { type: 'ipv6', address: 'fe80::1', prefix: 64 },
        ],
      },
    ])
    const { stdout } = await run(['domifaddr', 'test', '--source', 'arp'], { hypervisor })
    expect(stdout.split('\n').slice(2, 4)).toEqual([
      ' vnet0      52:54:00:00:00:01    ipv4         10.0.2.15/24',
      ' -          -                    ipv6         fe80::1/64',
    ])
    expect(given()).toEqual([{ source: 'arp' }])
    await run(['domifaddr', 'test', '--source', 'lease'], { hypervisor })
    expect(given().at(-1)).toEqual({ source: 'lease' })
  })
})

describe('a guest that is to end', () => {
  it.each([
    [[], {}],
    [['--mode', 'acpi'], { modes: ['acpi'] }],
    [['--mode', 'acpi,agent'], { modes: ['agent', 'acpi'] }],
  ])('is asked by %j as it is said', async (words, how) => {
    const { hypervisor, given } = await asked('domainShutdown')
    expect((await run(['shutdown', 'test', ...words], { hypervisor })).code).toBe(0)
    expect(given()).toEqual([how])
    const { stderr } = await run(['shutdown', 'test', '--mode', 'initctl'], { hypervisor })
    expect(stderr).toContain("mode 'initctl' is not offered yet; offered: acpi, agent")
  })
})

describe('a block job', () => {
  it.each([
    [['blockpull', 'test', 'vda'], 'domainBlockPull', ['vda', {}], 'Block Pull started\n'],
    [
      ['blockpull', 'test', 'vda', '5', '--base', '/b', '--wait'],
      'domainBlockPull',
      ['vda', { wait: true, speedBytes: 5_242_880, base: '/b' }],
      '\nPull complete\n',
    ],
    [
      ['blockcommit', 'test', 'vda', '--pivot', '--bandwidth', '5', '--bytes'],
      'domainBlockCommit',
      ['vda', { wait: true, speedBytes: 5, whenReady: 'pivot' }],
      '\nSuccessfully pivoted\n',
    ],
    [
      ['blockcopy', 'test', 'vda', '/c', '--finish', '--format', 'raw'],
      'domainBlockCopy',
      [
        ...['vda', '/c'],
        { wait: true, whenReady: 'finish', shallow: false, reuseExternal: false, format: 'raw' },
      ],
      '\nSuccessfully copied\n',
    ],
    [
      [
        ...['blockcopy', 'test', 'vda', '/c', '--wait', '--granularity', '65536'],
        ...['--buf-size', '1048576', '--synchronous-writes'],
      ],
      'domainBlockCopy',
      [
        ...['vda', '/c'],
        {
          ...{ wait: true, shallow: false, reuseExternal: false },
          ...{ granularityBytes: 65_536, bufferBytes: 1_048_576, synchronousWrites: true },
        },
      ],
      '\nNow in synchronized phase\n',
    ],
    [['blockjob', 'test', 'vda', '--pivot'], 'domainBlockJobAbort', ['vda', { pivot: true }], '\n'],
    [
      ['blockjob', 'test', 'vda', '--bandwidth', '1'],
      'domainBlockJobSetSpeed',
      ['vda', 1_048_576],
      '\n',
    ],
  ])('%j is begun as it says', async (words, verb, expected, stdout) => {
    const { hypervisor, given } = await asked(verb)
    expect(await run(words, { hypervisor })).toEqual({ code: 0, stdout, stderr: '' })
    expect(given()).toEqual(expected)
  })

  it('is told with how far it is, and never as done before it is', async () => {
    const job = { disk: 'vda', type: 'copy', processedBytes: 999, totalBytes: 1000, speedBytes: 0 }
    const { hypervisor } = await asked('domainGetBlockJobInfo', { ...job, status: 'running' })
    const { stdout } = await run(['blockjob', 'test', 'vda'], { hypervisor })
    expect(stdout).toBe('Block Copy: [ 99 %]\n\n')
  })
})

describe('sizes', () => {
  it.each([
    ['1024', 1024],
    ['1GiB', 1_048_576],
    ['1GB', 976_563],
    ['2m', 2048],
    ['512b', 1],
  ])('%s is so many KiB of memory', async (size, memoryKiB) => {
    const { hypervisor, given } = await asked('domainSetMemory')
    expect((await run(['setmem', 'test', size], { hypervisor })).code).toBe(0)
    expect(given()).toEqual([memoryKiB, {}])
  })

  it.each(['foo', '1Q', '-1', '1.5G'])('%s is none', async (size) => {
    expect((await run(['setmem', 'test', size])).stderr).toBe(
      `error: Scaled numeric value '${size}' for <size> option is malformed or out of range\n`,
    )
  })
})

describe('supervise --autostart', () => {
  it('starts networks and pools before the guests that need them', async () => {
    const hypervisor = await testDefault()
    const asked: string[] = []
    const ask = (what: string) => async (name: string) => void asked.push(`${what} ${name}`)
    Object.assign(hypervisor, {
      networkListAll: () => Promise.resolve([{ name: 'n', uuid: 'n' }]),
      networkCreate: ask('network'),
      storagePoolListAll: () => Promise.resolve([{ name: 'p', uuid: 'p' }]),
      storagePoolCreate: () => Promise.reject(new Error('no folder')),
      supervise: ({ autostart }: { readonly autostart?: boolean }) =>
        ask('guests')(String(autostart)),
    })
    expect(await run(['supervise', '--autostart'], { hypervisor })).toMatchObject({
      code: 0,
      stderr: "warning: Failed to start pool 'p': no folder\n",
    })
    expect(asked).toEqual(['network n', 'guests true'])
    asked.length = 0
    await run(['supervise'], { hypervisor })
    expect(asked).toEqual(['guests false'])
  })
})

describe('autostart --apply', () => {
  it('starts what is marked, and fails where one does not start', async () => {
    const hypervisor = await testDefault()
    const results = [
      { name: 'a', uuid: '1' },
      { name: 'b', uuid: '2', error: new Error('no disk') },
    ]
    Object.assign(hypervisor, {
      networkListAll: () => Promise.resolve([{ name: 'n', uuid: 'n' }]),
      networkCreate: () => Promise.reject(new Error('no bridge')),
      storagePoolListAll: () =>
        Promise.reject(domainError('ERR_NO_SUPPORT', 'nobody keeps storage pools')),
      connectAutostart: () => Promise.resolve(results),
    })
    expect(await run(['autostart', '--apply'], { hypervisor })).toEqual({
      code: 1,
      stdout: "Domain 'a' started\n\n",
      stderr:
        "warning: Failed to start network 'n': no bridge\n" +
        "warning: Failed to start domain 'b': no disk\n",
    })
    expect((await run(['autostart'])).stderr).toBe(
      "error: command 'autostart' requires <domain> option\n",
    )
  })
})
