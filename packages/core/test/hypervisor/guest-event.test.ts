import { expect, test } from 'vitest'
import { readEvent } from '../../src/qmp/events.ts'
import { Allowance } from '../../src/hypervisor/watching/allowance.ts'
import { guestEvent, isTold } from '../../src/hypervisor/watching/guest-event.ts'

const xml = `<domain type='qemu'><name>a</name><memory>1</memory><os><type>hvm</type></os>
  <clock offset='variable' adjustment='3600'/><devices>
  <disk type='file'><source file='/a.img' index='2'/><target dev='vda'/><alias name='virtio-disk0'/>
    <backingStore type='file' index='1'><format type='raw'/><source file='/b.img'/></backingStore></disk>
  <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/><alias name='channel0'/></channel>
  <channel type='unix'><target type='virtio' name='other'/><alias name='channel1'/></channel>
  </devices></domain>`

const switching = { kind: 'copy', dropped: [], index: 3, to: { type: 'file', file: '/new.img' } }

const known = {
  active: { xml, facts: { blockJobs: { vda: switching } } },
  job: { detail: { plug: [], alias: 'coming0' } },
} as unknown as Parameters<typeof guestEvent>[1]

const told = (event: string, data: object, about = known): unknown => {
  const read = readEvent({ event, data, timestamp: { seconds: 1, microseconds: 0 } })
  if (typeof read === 'string') return read
  return isTold(read.name) ? guestEvent(read as never, about) : 'not told'
}

const job = { type: 'mirror', len: 1, offset: 1, speed: 0, device: 'polyvirt-copy-vda' }
const end = (host: string, service: string) => ({ host, service, family: 'ipv4', websocket: false })

test.each([
  ['RESET', { guest: true, reason: 'guest-reset' }, { event: 'rebooted', detail: 'guest-reset' }],
  ['WATCHDOG', { action: 'pause' }, { event: 'watchdog', detail: 'pause' }],
  ['SUSPEND', {}, { event: 'pm-suspend' }],
  ['SUSPEND_DISK', {}, { event: 'pm-suspend-disk' }],
  ['WAKEUP', {}, { event: 'pm-wakeup' }],
  ['RTC_CHANGE', { offset: -10 }, { event: 'rtc-change', offsetSeconds: 3590 }],
  ['BALLOON_CHANGE', { actual: 1025 }, { event: 'balloon-change', sizeKiB: 2 }],
  [
    'MEMORY_DEVICE_SIZE_CHANGE',
    { id: 'virtiomem0', size: 2 ** 21 },
    { event: 'memory-device-size-change', alias: 'virtiomem0', sizeKiB: 2048 },
  ],
  [
    'MEMORY_FAILURE',
    {
      recipient: 'guest',
      action: 'inject',
      flags: { 'action-required': true, recursive: false },
    },
    {
      event: 'memory-failure',
      recipient: 'guest',
      action: 'inject',
      actionRequired: true,
      recursive: false,
    },
  ],
  [
    'DEVICE_TRAY_MOVED',
    { id: 'ide0-0-0', 'tray-open': true },
    { event: 'tray-change', alias: 'ide0-0-0', tray: 'opened' },
  ],
  [
    'DEVICE_TRAY_MOVED',
    { id: '/machine/peripheral/scsi0-0-0-0/part', 'tray-open': false },
    { event: 'tray-change', alias: 'scsi0-0-0-0', tray: 'closed' },
  ],
  ['DEVICE_DELETED', { device: 'net1', path: '/' }, { event: 'device-removed', alias: 'net1' }],
  ['DEVICE_DELETED', { path: '/' }, undefined],
  ['DEVICE_DELETED', { device: 'vcpu1', path: '/' }, undefined],
  ['DEVICE_DELETED', { device: 'coming0', path: '/' }, undefined],
  [
    'DEVICE_UNPLUG_GUEST_ERROR',
    { device: 'dimm0', path: '/' },
    { event: 'device-removal-failed', alias: 'dimm0' },
  ],
  [
    'ACPI_DEVICE_OST',
    { info: { device: 'dimm0', slot: '0', 'slot-type': 'DIMM', source: 3, status: 1 } },
    { event: 'device-removal-failed', alias: 'dimm0' },
  ],
  ['ACPI_DEVICE_OST', { info: { 'slot-type': 'DIMM', source: 3, status: 0 } }, undefined],
  [
    'BLOCK_IO_ERROR',
    {
      device: '',
      'node-name': 'libvirt-1-format',
      operation: 'write',
      action: 'stop',
      nospace: true,
      reason: 'No space left on device',
    },
    {
      event: 'io-error',
      alias: 'virtio-disk0',
      path: '/a.img',
      action: 'pause',
      reason: 'enospc',
    },
  ],
  [
    'BLOCK_IO_ERROR',
    { device: '', operation: 'read', action: 'ignore', reason: '' },
    { event: 'io-error', alias: '', path: '', action: 'none', reason: '' },
  ],
  [
    'BLOCK_WRITE_THRESHOLD',
    { 'node-name': 'libvirt-1-storage', 'amount-exceeded': 5, 'write-threshold': 10 },
    {
      event: 'block-threshold',
      disk: 'vda[1]',
      path: '/b.img',
      thresholdBytes: 10,
      excessBytes: 5,
    },
  ],
  [
    'BLOCK_JOB_READY',
    job,
    { event: 'block-job', disk: 'vda', path: '/a.img', job: 'copy', status: 'ready' },
  ],
  [
    'BLOCK_JOB_COMPLETED',
    job,
    { event: 'block-job', disk: 'vda', path: '/new.img', job: 'copy', status: 'completed' },
  ],
  [
    'BLOCK_JOB_COMPLETED',
    { ...job, error: 'no space' },
    { event: 'block-job', disk: 'vda', path: '/a.img', job: 'copy', status: 'failed' },
  ],
  [
    'BLOCK_JOB_CANCELLED',
    { ...job, device: 'polyvirt-active-commit-vdb' },
    { event: 'block-job', disk: 'vdb', job: 'active-commit', status: 'canceled' },
  ],
  ['BLOCK_JOB_COMPLETED', { ...job, device: 'polyvirt-migrate-vda' }, undefined],
  ['MIGRATION_PASS', { pass: 2 }, { event: 'migration-iteration', iteration: 2 }],
  [
    'VSERPORT_CHANGE',
    { id: 'channel0', open: true },
    { event: 'agent-lifecycle', state: 'connected', reason: 'channel event' },
  ],
  ['VSERPORT_CHANGE', { id: 'channel1', open: true }, undefined],
  [
    'VNC_INITIALIZED',
    {
      server: { ...end('127.0.0.1', '5900'), auth: 'sasl' },
      client: { ...end('127.0.0.2', '40000'), sasl_username: 'me', x509_dname: 7 },
    },
    {
      event: 'graphics',
      phase: 'initialize',
      local: { family: 'ipv4', node: '127.0.0.1', service: '5900' },
      remote: { family: 'ipv4', node: '127.0.0.2', service: '40000' },
      authScheme: 'sasl',
      identities: [{ type: 'saslUsername', name: 'me' }],
    },
  ],
  [
    'SPICE_DISCONNECTED',
    { server: { host: '::1', port: '5901', family: 'ipv6' }, client: null },
    {
      event: 'graphics',
      phase: 'disconnect',
      local: { family: 'ipv6', node: '::1', service: '5901' },
      remote: { family: '', node: '', service: '' },
      authScheme: '',
      identities: [],
    },
  ],
])('QEMU`s %s with %j is told in libvirt`s words', (event, data, facts) => {
  expect(told(event, data)).toEqual(facts)
})

test('what a guest says of nothing that is known is told without it, and nonsense is not', () => {
  expect(told('RTC_CHANGE', { offset: 5 }, {})).toMatchObject({ offsetSeconds: 5 })
  expect(told('BLOCK_JOB_READY', job, {})).toEqual({
    event: 'block-job',
    disk: 'vda',
    job: 'copy',
    status: 'ready',
  })
  expect(told('RTC_CHANGE', { offset: 'soon' })).toBe(
    'event RTC_CHANGE: data.offset: expected a number',
  )
  expect(told('MEMORY_FAILURE', { recipient: 'guest', action: 'x', flags: [] })).toMatch('flags')
  expect(told('STOP', {})).toBe('not told')
})

test('so many in a second, and no more', () => {
  const start = performance.now()
  const allowance = new Allowance(2)
  const takes = [0, 0, 0, 400, 600, 700, 9000, 9000, 9000].map((ms) =>
    allowance.take(start + ms + 5),
  )
  expect(takes).toEqual([true, true, false, false, true, false, true, true, false])
})
