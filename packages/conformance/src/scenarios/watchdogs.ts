import { ok, strictEqual } from 'node:assert'
import type { GuestSession } from '../guest-session.ts'
import { domainXml, type Scenario } from '../scenario.ts'

/** How a guest arms each model: its driver, and the parameter with its shortest time in seconds. */
const models = [
  { model: 'i6300esb', driver: 'i6300esb', parameter: 'heartbeat=2' },
  { model: 'ib700', driver: 'ib700wdt', parameter: 'timeout=2' },
  { model: 'itco', driver: 'iTCO_wdt', parameter: 'heartbeat=4' },
  { model: 'diag288', driver: 'diag288_wdt', parameter: '' },
] as const

/** Loads a driver anew, with a time that a test can wait for. */
async function arm(
  { command, shell }: GuestSession,
  driver: string,
  option: string,
): Promise<void> {
  await command(`run rmmod ${driver}`)
  const { status, output } = await command(`run modprobe ${driver} ${option} 2>&1`)
  strictEqual(status, 0, output)
  await shell('ls /dev/watchdog')
}

/** Opens the watchdog and never comes back to it. */
const neglect = '(exec 3>/dev/watchdog; sleep 10000) >/dev/null 2>&1 &'

export const watchdogScenarios: readonly Scenario[] = [
  ...models.map(({ model, driver, parameter }): Scenario => ({
    id: `watchdog/${model}-fires`,
    title: `the ${model} watchdog fires where a guest has hung, and does what it was told to`,
    uses: [`device:watchdog/${model}`],
    drivers: () => [driver],
    domain: domainXml({ devices: `<watchdog model='${model}' action='poweroff'/>` }),
    expect: {
      plan({ argv, stored }) {
        strictEqual(stored.devices.watchdog?.[0]?.action, 'poweroff')
        ok(/watchdog-action[ =]poweroff|watchdog=poweroff/.test(argv.join(' ')), 'no action is set')
      },
      async inside(session) {
        const { shell, event, exited } = session
        await arm(session, driver, parameter)
        await shell(neglect)
        strictEqual((await event('WATCHDOG')).data.action, 'poweroff')
        // QEMU goes at once, without a word more.
        await exited
      },
    },
  })),
  {
    id: 'watchdog/reset',
    title: 'a watchdog that resets brings its guest up again',
    drivers: () => ['i6300esb'],
    uses: ['device:watchdog/i6300esb'],
    domain: domainXml({ devices: "<watchdog model='i6300esb' action='reset'/>" }),
    expect: {
      async inside(session) {
        const { shell, event, nextReport } = session
        await arm(session, 'i6300esb', 'heartbeat=2')
        await shell(neglect)
        strictEqual((await event('WATCHDOG')).data.action, 'reset')
        ok((await nextReport()).watchdogs.length > 0, 'the guest has its watchdog again')
      },
    },
  },
  {
    id: 'watchdog/petted',
    title: 'a watchdog that is looked after does not fire',
    drivers: () => ['i6300esb'],
    uses: ['device:watchdog/i6300esb'],
    domain: domainXml({ devices: "<watchdog model='i6300esb' action='pause'/>" }),
    expect: {
      async inside(session) {
        const { shell, qmp } = session
        await arm(session, 'i6300esb', 'heartbeat=3')
        await shell(
          'exec 3>/dev/watchdog; for i in 1 2 3 4 5 6; do echo . >&3; sleep 1; done; echo V >&3',
        )
        strictEqual((await qmp.execute('query-status')).status, 'running')
      },
    },
  },
  {
    id: 'watchdog/action-unknown',
    title: 'a watchdog with an action that nobody knows is refused',
    uses: ['device:watchdog/i6300esb'],
    domain: domainXml({ devices: "<watchdog model='i6300esb' action='bark'/>" }),
    refused: { code: 'ERR_XML_ERROR', path: 'devices/watchdog' },
  },
]
