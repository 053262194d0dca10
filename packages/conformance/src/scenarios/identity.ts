import { match, strictEqual } from 'node:assert'
import { formatDomain } from '@polyvirt/core'
import { optionsNamed } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'

const uuid = 'f1c5d0a2-4e53-4b8e-9a56-3a1d9a6f4b27'

export const identityScenarios: readonly Scenario[] = [
  {
    id: 'identity/named',
    title: 'a name, a UUID, a title, a description and metadata are kept to the letter',
    uses: [],
    domain: domainXml({
      name: 'näme with blanks',
      head:
        `  <uuid>${uuid}</uuid>\n  <title>A title, with comma</title>\n` +
        '  <description>two\n  lines</description>\n' +
        "  <metadata><app:x xmlns:app='http://example.org/app' a='1'>kept</app:x></metadata>\n",
    }),
    expect: {
      plan(planned) {
        strictEqual(planned.stored.uuid, uuid)
        strictEqual(planned.stored.name, 'näme with blanks')
        strictEqual(planned.stored.title, 'A title, with comma')
        strictEqual(planned.stored.description, 'two\n  lines')
        match(formatDomain(planned.stored), /<app:x xmlns:app=.*a='1'>kept<\/app:x>/)
        strictEqual(optionsNamed(planned, '-uuid')[0]?.value, uuid)
        strictEqual(optionsNamed(planned, '-name')[0]?.properties['guest'], 'näme with blanks')
      },
      live(machine) {
        strictEqual(machine.uuid, uuid)
        strictEqual(machine.name, 'näme with blanks')
      },
      guest(report) {
        const seen =
          report.firmware.dmi?.['product_uuid'] ?? report.firmware.deviceTree?.root['vm,uuid']
        // A machine without firmware tables has nowhere to say it.
        if (seen !== undefined) strictEqual(seen.toLowerCase(), uuid)
      },
    },
  },
  {
    id: 'identity/comma',
    title: 'a comma in a name cannot add an option',
    uses: [],
    domain: domainXml({ name: 'a,debug-threads=off,b' }),
    expect: {
      plan(planned) {
        const [name] = optionsNamed(planned, '-name')
        strictEqual(name?.properties['guest'], 'a,debug-threads=off,b')
        strictEqual(name?.properties['debug-threads'], 'on')
      },
      live: (machine) => strictEqual(machine.name, 'a,debug-threads=off,b'),
    },
  },
  {
    id: 'identity/fresh',
    title: 'a domain without a UUID gets one, and cards without a MAC address get one each',
    uses: ['device:interface'],
    domain: domainXml({ devices: "<interface type='user'/><interface type='user'/>" }),
    expect: {
      plan({ stored }) {
        match(stored.uuid, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
        const macs = (stored.devices.interface ?? []).map(({ mac }) => mac)
        strictEqual(new Set(macs).size, 2)
        for (const mac of macs) match(mac ?? '', /^52:54:00(:[\da-f]{2}){3}$/)
      },
    },
  },
  {
    id: 'identity/machine-unknown',
    title: 'a machine type that nobody has is refused',
    uses: [],
    domain: domainXml().replace('<type>hvm', "<type machine='no-such-machine'>hvm"),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'os/type/@machine' },
  },
  {
    id: 'identity/name-dots',
    title: 'a name that is a directory is refused',
    uses: [],
    domain: domainXml({ name: '..' }),
    refused: { code: 'ERR_XML_ERROR', path: 'name' },
  },
  {
    id: 'identity/uuid-forms',
    title: 'a UUID without dashes, in capitals, is the same UUID',
    uses: [],
    domain: domainXml({ head: `  <uuid>${uuid.replaceAll('-', '').toUpperCase()}</uuid>\n` }),
    expect: {
      plan: ({ stored }) => strictEqual(stored.uuid, uuid),
      live: (machine) => strictEqual(machine.uuid, uuid),
    },
  },
  {
    id: 'identity/unicode',
    title: 'a name of any script is that name, and no longer than its bytes allow',
    uses: [],
    domain: domainXml({ name: '仮想マシン-Ω-🐧' }),
    expect: { live: (machine) => strictEqual(machine.name, '仮想マシン-Ω-🐧') },
  },
]
