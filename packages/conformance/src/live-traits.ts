import { ok, strictEqual } from 'node:assert'
import { driverOf, optionsOf } from './argv.ts'
import { deviceModel } from './device-model.ts'
import type { LiveMachine } from './live-machine.ts'
import { placedDevices } from './placed-device.ts'
import type { Planned } from './plan-scenario.ts'

/** Something that a started QEMU must confirm about every plan. */
export interface LiveTrait {
  readonly name: string
  readonly check: (machine: LiveMachine, planned: Planned) => void | Promise<void>
}

export const liveTraits: readonly LiveTrait[] = [
  {
    name: 'QEMU waits for the word to begin',
    check: ({ status }) => strictEqual(status, 'prelaunch'),
  },
  {
    name: 'vCPUs are as many as planned, of the planned maximum',
    check({ cpus, hotpluggableCpus }, { domain }) {
      strictEqual(cpus.length, domain.vcpuCurrent ?? domain.vcpus)
      if (hotpluggableCpus.length === 0) return
      const places = hotpluggableCpus.reduce((sum, one) => sum + one['vcpus-count'], 0)
      strictEqual(places, domain.vcpus)
    },
  },
  {
    name: 'memory is what was planned, in the machine’s own steps',
    check({ memory }, { domain, target }) {
      const step = target.profile.memoryStepKiB
      const cells = domain.cpu?.numa ?? []
      const parts = cells.length > 0 ? cells.map(({ memoryKiB }) => memoryKiB) : [domain.memoryKiB]
      const kib = parts.reduce((sum, part) => sum + Math.ceil(part / step) * step, 0)
      strictEqual(memory['base-memory'], kib * 1024)
    },
  },
  {
    name: 'name and UUID are the domain’s',
    check({ name, uuid }, { domain }) {
      strictEqual(name, domain.name)
      strictEqual(uuid, domain.uuid)
    },
  },
  {
    name: 'every device of the command line is there, of its type',
    check({ peripherals }, { argv, target }) {
      for (const option of optionsOf(argv, '-device')) {
        const { id } = option.properties
        if (typeof id !== 'string') continue
        const type = peripherals.get(id)
        ok(type !== undefined, `QEMU has no device '${id}'`)
        const driver = driverOf(option)
        // `lsi` and its like are short names of types.
        if (target.capabilities.devices.includes(driver)) strictEqual(type, driver)
      }
    },
  },
  {
    name: 'every PCI device is in its slot, on its bus',
    async check(machine, { domain }) {
      for (const { alias, address, path, device } of placedDevices(domain)) {
        if (address?.type !== 'pci' || alias === undefined) continue
        // Parts of the board have no id in QEMU, and USB companions share their master's name.
        if (!machine.peripherals.has(alias) || device['masterStartport'] !== undefined) continue
        const place = await machine.property(alias, 'addr')
        strictEqual(place, address.slot * 8 + address.function, `${path} is in another slot`)
        const bus = domain.devices.controller?.find(
          ({ type, index }) => type === 'pci' && index === address.bus,
        )
        const on = String(await machine.property(alias, 'parent_bus')).replace(/^.*\//, '')
        // A further root is a bridge of its own, whose bus is named after it.
        ok(
          on === bus?.alias || on === `${bus?.alias}.0`,
          `${path} is on '${on}', not '${bus?.alias}'`,
        )
      }
    },
  },
  {
    name: 'every virtual I/O device has its register',
    async check(machine, planned) {
      for (const placed of placedDevices(planned.domain)) {
        const { address, alias } = placed
        if (address?.type !== 'spapr-vio' || alias === undefined) continue
        if (deviceModel(placed, planned.target)?.driver === undefined) continue
        if (!machine.peripherals.has(alias)) continue
        strictEqual(await machine.property(alias, 'reg'), address.reg)
      }
    },
  },
  {
    name: 'every channel device has its device number',
    async check(machine, { domain }) {
      for (const { address, alias, path } of placedDevices(domain)) {
        if (address?.type !== 'ccw' || alias === undefined) continue
        if (!machine.peripherals.has(alias)) continue
        const { cssid, ssid, devno } = address
        const number = [cssid.toString(16), ssid, devno.toString(16).padStart(4, '0')].join('.')
        strictEqual(await machine.property(alias, 'dev_id'), number, `${path} has another number`)
      }
    },
  },
]
