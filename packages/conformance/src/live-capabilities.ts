import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { QemuCapabilities } from '@polyvirt/core/arch'
import { QmpClient } from '@polyvirt/core/qmp'
import { execa } from 'execa'
import { unixTransport } from './unix-transport.ts'

const asked = new Map<string, Promise<QemuCapabilities>>()

/**
 * What the emulator at hand can do, asked once a process. The recording says which device types'
 * properties count. KVM stays out of it: the suite must say the same on every machine.
 */
export function liveCapabilities(
  emulator: string,
  recorded: QemuCapabilities,
): Promise<QemuCapabilities> {
  const known = asked.get(emulator)
  if (known !== undefined) return known
  const answer = withMonitor(emulator, (qmp) => ask(qmp, recorded))
  asked.set(emulator, answer)
  return answer
}

async function ask(qmp: QmpClient, recorded: QemuCapabilities): Promise<QemuCapabilities> {
  const machines = await qmp.execute('query-machines')
  const cpus = await qmp.execute('query-cpu-definitions')
  const types = await qmp.execute('qom-list-types', { implements: 'device', abstract: false })
  const devices = types.map(({ name }) => name).toSorted()
  const deviceProperties: Record<string, readonly string[]> = {}
  for (const typename of Object.keys(recorded.deviceProperties)) {
    if (!devices.includes(typename)) continue
    const properties = await qmp.execute('device-list-properties', { typename })
    deviceProperties[typename] = properties.map(({ name }) => name).toSorted()
  }
  return {
    version: qmp.version.qemu,
    target: (await qmp.execute('query-target')).arch,
    machines: machines.map((one) => ({
      name: one.name,
      ...(one.alias === undefined ? {} : { alias: one.alias }),
      cpuMax: one['cpu-max'],
      ...(one['default-cpu-type'] === undefined ? {} : { defaultCpuType: one['default-cpu-type'] }),
      ...(one['default-ram-id'] === undefined ? {} : { defaultRamId: one['default-ram-id'] }),
      hotpluggableCpus: one['hotpluggable-cpus'],
      deprecated: one.deprecated,
      isDefault: one['is-default'] === true,
    })),
    cpus: cpus.map(({ name, typename }) => ({ name, typename })),
    devices,
    deviceProperties,
    kvm: { present: false, usable: false, reason: 'the suite runs under TCG' },
  }
}

async function withMonitor<T>(emulator: string, work: (qmp: QmpClient) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pv-'))
  const socket = join(folder, 'monitor')
  const running = execa(
    emulator,
    [
      ...[
        '-machine',
        'none',
        '-accel',
        'tcg',
        '-nodefaults',
        '-no-user-config',
        '-display',
        'none',
      ],
      ...['-qmp', `unix:${socket},server=on,wait=off`],
    ],
    { stdin: 'ignore', reject: false },
  )
  let end: string | undefined
  const exited = running.then(({ stderr }) => (end = `${emulator} ended: ${stderr}`))
  try {
    const transport = await unixTransport(socket, () => end)
    await using qmp = await QmpClient.connect({ transport, timeoutMs: 60_000 })
    return await work(qmp)
  } finally {
    running.kill('SIGKILL')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
}
