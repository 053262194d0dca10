import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { optionsNamed } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'

export const firmwareScenarios: readonly Scenario[] = [
  {
    id: 'firmware/rom',
    title: 'firmware that the document names is the machine’s',
    uses: [],
    domain: domainXml({ os: '<loader>/usr/share/firmware/mine,1.bin</loader>' }),
    mayRefuse: 'os/loader',
    // Nobody has this file.
    live: false,
    expect: {
      plan: (planned) =>
        strictEqual(optionsNamed(planned, '-bios')[0]?.value, '/usr/share/firmware/mine,1.bin'),
    },
  },
  {
    id: 'firmware/flash',
    title: 'firmware in flash is read-only, and its variables are the guest’s own',
    uses: [],
    domain: domainXml({
      os:
        "<loader readonly='yes' type='pflash'>/usr/share/firmware/code.fd</loader>" +
        '<nvram>/var/lib/vars.fd</nvram>',
    }),
    // A board without flash says so.
    mayRefuse: 'os/loader',
    live: false,
    expect: {
      plan(planned) {
        const nodes = optionsNamed(planned, '-blockdev').map(({ properties }) => properties)
        const code = nodes.find((one) => one['filename'] === '/usr/share/firmware/code.fd')
        const vars = nodes.find((one) => one['filename'] === '/var/lib/vars.fd')
        ok(code !== undefined && vars !== undefined, 'one of the two is missing')
        const formats = nodes.filter((one) => one['driver'] === 'raw')
        ok(
          formats.some((one) => one['read-only'] === true),
          'the code can be written to',
        )
      },
    },
  },
  {
    id: 'firmware/relative',
    title: 'firmware without a full path is refused',
    uses: [],
    domain: domainXml({ os: '<loader>mine.bin</loader>' }),
    refused: { code: 'ERR_XML_ERROR', path: 'os/loader' },
  },
  {
    id: 'firmware/boot-menu',
    title: 'a boot menu waits as long as it is told to',
    uses: [],
    domain: domainXml({ os: "<bootmenu enable='yes' timeout='3000'/>" }),
    mayRefuse: 'os/bootmenu',
    expect: {
      plan(planned) {
        const [boot] = optionsNamed(planned, '-boot')
        strictEqual(boot?.properties['menu'], 'on')
        strictEqual(boot?.properties['splash-time'], '3000')
      },
    },
  },
  {
    id: 'firmware/boot-menu-long',
    title: 'a boot menu that waits longer than firmware can count is refused',
    uses: [],
    domain: domainXml({ os: "<bootmenu enable='yes' timeout='70000'/>" }),
    refused: { code: 'ERR_XML_ERROR', path: 'os/bootmenu' },
  },
  {
    id: 'firmware/entries',
    title:
      'entries for the firmware are handed over, or the board has nothing to hand them over with',
    uses: ['board:fw-cfg'],
    // There are QEMUs too old for it.
    mayRefuse: 'sysinfo',
    domain: domainXml({
      middle:
        "  <sysinfo type='fwcfg'>" +
        "<entry name='opt/org.polyvirt/first'>one, two</entry>" +
        "<entry name='opt/org.polyvirt/second'>three</entry></sysinfo>\n",
    }),
    expect: {
      plan: (planned) =>
        deepStrictEqual(
          optionsNamed(planned, '-fw_cfg').map(({ value }) => value),
          [
            'name=opt/org.polyvirt/first,string=one,, two',
            'name=opt/org.polyvirt/second,string=three',
          ],
        ),
    },
  },
  {
    id: 'firmware/smbios',
    title: 'who made the machine is told by SMBIOS, or the board has none',
    uses: ['board:smbios'],
    // A platform that tells of itself in another way says in which.
    mayRefuse: 'os/smbios',
    domain: domainXml({
      os: "<smbios mode='sysinfo'/>",
      middle:
        "  <sysinfo type='smbios'>" +
        "<bios><entry name='vendor'>Ours, Inc.</entry></bios>" +
        "<system><entry name='manufacturer'>Ours</entry><entry name='serial'>42</entry></system>" +
        '</sysinfo>\n',
    }),
    expect: {
      plan: (planned) =>
        deepStrictEqual(
          optionsNamed(planned, '-smbios').map(({ value }) => value),
          ['type=0,vendor=Ours,, Inc.', 'type=1,manufacturer=Ours,serial=42'],
        ),
    },
  },
  {
    id: 'firmware/acpi-table',
    title: 'a table of ACPI is handed over, or the board takes none',
    uses: ['board:acpi-tables'],
    domain: domainXml({ os: "<acpi><table type='slic'>/usr/share/tables/slic</table></acpi>" }),
    // Nobody has this file.
    live: false,
    expect: {
      plan: (planned) =>
        strictEqual(
          optionsNamed(planned, '-acpitable')[0]?.value,
          'sig=SLIC,file=/usr/share/tables/slic',
        ),
    },
  },
]
