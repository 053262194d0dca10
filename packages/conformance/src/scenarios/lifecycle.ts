import { match, notStrictEqual, ok, strictEqual } from 'node:assert'
import { domainXml, type Scenario } from '../scenario.ts'

/** Drivers by model; Power's firmware and the channel subsystem need none. */
const panicDrivers: Readonly<Record<string, readonly string[]>> = {
  isa: ['pvpanic_mmio'],
  pvpanic: ['pvpanic_pci'],
}

export const lifecycleScenarios: readonly Scenario[] = [
  {
    id: 'lifecycle/reboot',
    title: 'a guest that restarts comes up again, as the same machine',
    uses: [],
    domain: domainXml(),
    expect: {
      async inside({ report, send, nextReport, event }) {
        send('reboot')
        const { data } = await event('RESET')
        strictEqual(data.guest, true)
        const again = await nextReport()
        notStrictEqual(again.kernel.bootId, report.kernel.bootId)
        strictEqual(again.vcpus.online.length, report.vcpus.online.length)
      },
    },
  },
  {
    id: 'lifecycle/power-off',
    title: 'a guest that switches itself off is off, and QEMU says that it was the guest',
    uses: [],
    domain: domainXml(),
    expect: {
      async inside({ send, event }) {
        send('poweroff')
        const { data } = await event('SHUTDOWN')
        strictEqual(data.guest, true)
        strictEqual(data.reason, 'guest-shutdown')
      },
    },
  },
  {
    id: 'lifecycle/stop-and-go',
    title: 'a guest that is stopped does nothing, and goes on where it was',
    uses: [],
    domain: domainXml(),
    expect: {
      async inside({ qmp, shell, event }) {
        const before = Number((await shell('cut -d. -f1 /proc/uptime')).trim())
        await qmp.execute('stop')
        await event('STOP')
        strictEqual((await qmp.execute('query-status')).status, 'paused')
        await qmp.execute('cont')
        await event('RESUME')
        const after = Number((await shell('cut -d. -f1 /proc/uptime')).trim())
        ok(after >= before, `it was up for ${before} s, and then for ${after} s`)
      },
    },
  },
  {
    id: 'lifecycle/power-button',
    title: 'a guest obeys its power button, where the board has one that it knows',
    uses: ['feature:acpi'],
    domain: domainXml({ features: '<acpi/>' }),
    mayRefuse: 'features/acpi',
    expect: {
      async inside({ qmp, event }) {
        await qmp.execute('system_powerdown')
        await event('POWERDOWN')
        strictEqual((await event('SHUTDOWN')).data.reason, 'guest-shutdown')
      },
    },
  },
  {
    id: 'lifecycle/actions',
    title: 'what is to happen at the end is kept, and QEMU does not end before it is asked',
    uses: [],
    domain: domainXml({
      middle:
        '  <on_poweroff>destroy</on_poweroff>\n  <on_reboot>restart</on_reboot>\n' +
        '  <on_crash>preserve</on_crash>\n',
    }),
    expect: {
      plan({ stored }) {
        strictEqual(stored.onCrash, 'preserve')
        strictEqual(stored.onReboot, 'restart')
      },
    },
  },
  {
    id: 'lifecycle/action-unknown',
    title: 'an action that nobody knows is refused',
    uses: [],
    domain: domainXml({ middle: '  <on_crash>panic</on_crash>\n' }),
    refused: { code: 'ERR_XML_ERROR', path: 'on_crash' },
  },
  {
    id: 'lifecycle/panic',
    title: 'a guest whose kernel panics says so, where the machine has a device for it',
    uses: ['device:panic'],
    drivers: ({ stored }) => panicDrivers[stored.devices.panic?.[0]?.model ?? ''] ?? [],
    domain: domainXml({ devices: '<panic/>' }),
    expect: {
      plan: ({ stored }) => ok(stored.devices.panic?.[0]?.model !== undefined),
      async inside({ send, event }) {
        send('crash')
        const { data } = await event('GUEST_PANICKED')
        match(data.action, /^(pause|poweroff|run|shutdown)$/)
      },
    },
  },
]
