import { describe, expect, it } from 'vitest'
import { eventTypes, formatEvent, typesOf } from '../src/event-text.ts'
import type { DomainEvent } from '../src/core.ts'

type Facts = DomainEvent extends infer One
  ? One extends DomainEvent
    ? Omit<One, 'domain' | 'timestampMs'>
    : never
  : never

const text = (facts: Facts): string => {
  const event = { domain: { name: 'a', uuid: 'u' }, timestampMs: 0, ...facts } as DomainEvent
  return typesOf(event)
    .map((type) => formatEvent(event, false, type))
    .join('')
}

const unix = { family: 'unix', node: '', service: '/v.sock' }

// As virsh 9.0 of Debian 12 printed them for a guest of libvirt's, or has them in its formats.
const printed: readonly (readonly [Facts, string])[] = [
  [{ event: 'defined', detail: 'updated' }, `event 'lifecycle' for domain 'a': Defined Updated\n`],
  [
    { event: 'undefined', detail: 'renamed' },
    `event 'lifecycle' for domain 'a': Undefined Renamed\n`,
  ],
  [
    { event: 'started', detail: 'wakeup' },
    `event 'lifecycle' for domain 'a': Started Event wakeup\n`,
  ],
  [
    { event: 'started', detail: 'from snapshot' },
    `event 'lifecycle' for domain 'a': Started Snapshot\n`,
  ],
  [{ event: 'suspended', detail: 'user' }, `event 'lifecycle' for domain 'a': Suspended Paused\n`],
  [
    { event: 'suspended', detail: 'I/O error' },
    `event 'lifecycle' for domain 'a': Suspended I/O Error\n`,
  ],
  [{ event: 'resumed', detail: 'unknown' }, `event 'lifecycle' for domain 'a': Resumed Unpaused\n`],
  [
    { event: 'pmsuspended', detail: 'memory' },
    `event 'lifecycle' for domain 'a': PMSuspended Memory\n`,
  ],
  [{ event: 'stopped', detail: 'failed' }, `event 'lifecycle' for domain 'a': Stopped Failed\n`],
  [
    { event: 'crashed', detail: 'panicked' },
    `event 'lifecycle' for domain 'a': Crashed Panicked\n`,
  ],
  [{ event: 'rebooted', detail: 'guest-reset' }, `event 'reboot' for domain 'a'\n`],
  [{ event: 'rtc-change', offsetSeconds: -3 }, `event 'rtc-change' for domain 'a': -3\n`],
  [{ event: 'watchdog', detail: 'reset' }, `event 'watchdog' for domain 'a': reset\n`],
  [
    { event: 'io-error', path: '/x', alias: 'virtio-disk0', action: 'pause', reason: 'enospc' },
    `event 'io-error' for domain 'a': /x (virtio-disk0) pause
event 'io-error-reason' for domain 'a': /x (virtio-disk0) pause due to enospc
`,
  ],
  [
    {
      event: 'graphics',
      phase: 'connect',
      local: unix,
      remote: { ...unix, service: '' },
      authScheme: 'none',
      identities: [],
    },
    `event 'graphics' for domain 'a': connect local[unix  /v.sock] remote[unix  ] none\n`,
  ],
  [
    {
      event: 'graphics',
      phase: 'initialize',
      local: { family: 'ipv4', node: '127.0.0.1', service: '5900' },
      remote: { family: 'ipv6', node: '::1', service: '4' },
      authScheme: 'sasl',
      identities: [{ type: 'saslUsername', name: 'me' }],
    },
    `event 'graphics' for domain 'a': initialize local[IPv4 127.0.0.1 5900] remote[IPv6 ::1 4] sasl
\tsaslUsername=me
`,
  ],
  [{ event: 'control-error' }, `event 'control-error' for domain 'a'\n`],
  [
    { event: 'block-job', disk: 'vda', path: '/s3', job: 'commit', status: 'completed' },
    `event 'block-job' for domain 'a': Block Commit for /s3 completed
event 'block-job-2' for domain 'a': Block Commit for vda completed
`,
  ],
  [
    { event: 'block-job', disk: 'vda', job: 'active-commit', status: 'ready' },
    `event 'block-job-2' for domain 'a': Active Block Commit for vda ready\n`,
  ],
  [
    { event: 'disk-change', alias: 'ide0-0-1', oldPath: '/m.iso', reason: 'changed' },
    `event 'disk-change' for domain 'a' disk ide0-0-1: /m.iso -> <null>: changed\n`,
  ],
  [
    { event: 'tray-change', alias: 'ide0-0-0', tray: 'opened' },
    `event 'tray-change' for domain 'a' disk ide0-0-0: opened\n`,
  ],
  [{ event: 'pm-wakeup' }, `event 'pm-wakeup' for domain 'a'\n`],
  [{ event: 'pm-suspend' }, `event 'pm-suspend' for domain 'a'\n`],
  [{ event: 'balloon-change', sizeKiB: 1024 }, `event 'balloon-change' for domain 'a': 1024KiB\n`],
  [{ event: 'pm-suspend-disk' }, `event 'pm-suspend-disk' for domain 'a'\n`],
  [{ event: 'device-removed', alias: 'net1' }, `event 'device-removed' for domain 'a': net1\n`],
  [
    { event: 'tunable', changes: { 'blkdeviotune.disk': 'vda', 'blkdeviotune.read_bytes_sec': 0 } },
    `event 'tunable' for domain 'a':
\tblkdeviotune.disk: vda
\tblkdeviotune.read_bytes_sec: 0
`,
  ],
  [
    { event: 'agent-lifecycle', state: 'disconnected', reason: 'domain started' },
    `event 'agent-lifecycle' for domain 'a': state: 'disconnected' reason: 'domain started'\n`,
  ],
  [
    { event: 'device-added', alias: 'usb-disk0' },
    `event 'device-added' for domain 'a': usb-disk0\n`,
  ],
  [
    { event: 'migration-iteration', iteration: 2 },
    `event 'migration-iteration' for domain 'a': iteration: '2'\n`,
  ],
  [
    { event: 'job-completed', stats: { operation: 9, disk_total: 8_388_608, success: true } },
    `event 'job-completed' for domain 'a':
\toperation: 9
\tdisk_total: 8388608
\tsuccess: 1
`,
  ],
  [
    { event: 'device-removal-failed', alias: 'dimm0' },
    `event 'device-removal-failed' for domain 'a': dimm0\n`,
  ],
  [
    { event: 'metadata-change', metadata: 'title' },
    `event 'metadata-change' for domain 'a': type title, uri <null>\n`,
  ],
  [
    { event: 'metadata-change', metadata: 'element', uri: 'http://x.y' },
    `event 'metadata-change' for domain 'a': type element, uri http://x.y\n`,
  ],
  [
    {
      event: 'block-threshold',
      disk: 'vda',
      path: '/a',
      thresholdBytes: 100,
      excessBytes: 5,
    },
    `event 'block-threshold' for domain 'a': dev: vda(/a) 100 5\n`,
  ],
  [
    {
      event: 'memory-failure',
      recipient: 'guest',
      action: 'inject',
      actionRequired: true,
      recursive: false,
    },
    `event 'memory-failure' for domain 'a':
recipient: guest
action: inject
flags:
\taction required: 1
\trecursive: 0
`,
  ],
  [
    { event: 'memory-device-size-change', alias: 'virtiomem0', sizeKiB: 2048 },
    `event 'memory-device-size-change' for domain 'a':
alias: virtiomem0
size: 2048
`,
  ],
]

describe('events in virsh`s words', () => {
  it.each(printed)('%j', (facts, expected) => {
    expect(text(facts)).toBe(expected)
  })

  it('are here of every type that there is', () => {
    const seen = new Set(printed.flatMap(([, lines]) => lines.match(/(?<=^event ')[^']+/gm) ?? []))
    expect([...seen].toSorted()).toEqual([...eventTypes].toSorted())
  })

  it('never carry a guest`s control characters to the terminal', () => {
    expect(text({ event: 'tunable', changes: { 'a\u001B[2J': '\u001B]0;x\u0007' } })).not.toMatch(
      // eslint-disable-next-line no-control-regex
      /[\u0000-\u0008\u000B-\u001F]/,
    )
  })
})
