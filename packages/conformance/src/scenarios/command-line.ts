import { deepStrictEqual, strictEqual } from 'node:assert'
import { domainXml, type Scenario } from '../scenario.ts'

const attributes = "xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'"
const args = ['-global', 'virtio-net-pci.mac=52:54:00:00:00:77', '-set', 'device.a.b="x, y"']

export const commandLineScenarios: readonly Scenario[] = [
  {
    id: 'command-line/arguments',
    title: 'QEMU’s own arguments stand behind the devices, word for word',
    uses: [],
    domain: domainXml({
      attributes,
      tail:
        `  <qemu:commandline>${args.map((value) => `<qemu:arg value='${value}'/>`).join('')}` +
        "<qemu:env name='QEMU_AUDIO_DRV' value='none'/></qemu:commandline>\n",
    }),
    live: false,
    expect: {
      plan(planned) {
        const end = planned.argv.indexOf('-sandbox')
        deepStrictEqual(planned.argv.slice(end - args.length, end), args)
        deepStrictEqual(planned.stored.qemuArgs, args)
        strictEqual(planned.stored.qemuEnvironment?.[0]?.name, 'QEMU_AUDIO_DRV')
      },
    },
  },
]
