import { describe, expect, it } from 'vitest'
import type { HostInfo } from '../src/core.ts'
import { formatHostInfo } from '../src/output/format-host-info.ts'
import { testDefault } from './memory-hypervisor.ts'
import { run } from './run-in-memory.ts'

const capabilities = `<capabilities>
  <host>
    <uuid>66aaa80f-7ec6-4c19-9628-46afe7d99366</uuid>
    <cpu>
      <arch>ppc64le</arch>
      <model>POWER9</model>
      <vendor>IBM</vendor>
      <signature family='25' model='17' stepping='1'/>
      <topology sockets='2' dies='1' cores='2' threads='1'/>
      <maxphysaddr mode='emulate' bits='48'/>
      <feature name='htm'/>
      <feature name='a\u202eb'/>
      <pages unit='KiB' size='64'/>
      <pages unit='MiB' size='2'/>
    </cpu>
    <iommu support='no'/>
    <topology>
      <cells num='2'>
        <cell id='0'>
          <memory unit='KiB'>2097152</memory>
          <pages unit='KiB' size='64'>100</pages>
          <pages unit='KiB' size='2048'>0</pages>
          <distances>
            <sibling id='0' value='10'/>
            <sibling id='8' value='40'/>
          </distances>
          <cpus num='2'>
            <cpu id='1' socket_id='0' die_id='0' core_id='1' siblings='0-1'/>
            <cpu id='0' socket_id='0' die_id='0' core_id='0' siblings='0-1'/>
          </cpus>
        </cell>
        <cell id='8'/>
      </cells>
    </topology>
    <cache>
      <bank id='0' level='3' type='both' size='32' unit='MiB' cpus='0-1'/>
    </cache>
  </host>
  <guest>
    <os_type>hvm</os_type>
    <arch name='ppc64le'>
      <wordsize>64</wordsize>
      <emulator>/opt/qemu\u009b</emulator>
      <machine maxCpus='4096'>pseries-7.2</machine>
      <machine canonical='pseries-7.2' maxCpus='4096'>pseries</machine>
      <machine maxCpus='1' deprecated='yes'>prep</machine>
      <domain type='qemu'/>
      <domain type='kvm'/>
    </arch>
    <features>
      <cpuselection/>
      <acpi default='on' toggle='yes'/>
    </features>
  </guest>
</capabilities>
`

const domainCapabilities = `<domainCapabilities>
  <path>/opt/qemu</path>
  <domain>kvm</domain>
  <machine>pseries-7.2</machine>
  <arch>ppc64le</arch>
  <vcpu max='4096'/>
  <iothreads supported='yes'/>
  <os supported='yes'>
    <enum name='firmware'/>
    <loader supported='yes'>
      <value>/usr/share/slof.bin</value>
      <enum name='type'>
        <value>rom</value>
      </enum>
    </loader>
  </os>
  <cpu>
    <mode name='host-passthrough' supported='yes'>
      <enum name='hostPassthroughMigratable'>
        <value>on</value>
        <value>off</value>
      </enum>
    </mode>
    <mode name='host-model' supported='yes'>
      <model fallback='allow'>POWER9</model>
      <vendor>IBM</vendor>
      <feature policy='require' name='htm'/>
      <feature policy='disable' name='dfp'/>
    </mode>
    <mode name='custom' supported='yes'>
      <model usable='yes' vendor='IBM'>POWER9</model>
      <model usable='no' vendor='IBM' deprecated='yes'>POWER\u001b</model>
      <model usable='unknown' canonical='POWER9'>power9</model>
    </mode>
  </cpu>
  <devices>
    <rng supported='yes'>
      <enum name='model'>
        <value>virtio</value>
      </enum>
      <enum name='backendModel'>
        <value>random</value>
        <value>egd</value>
      </enum>
    </rng>
    <tpm supported='no'/>
  </devices>
  <features>
    <sev supported='yes'>
      <cbitpos>47</cbitpos>
    </sev>
  </features>
</domainCapabilities>
`.replace('\u001b', '\u009b')

async function withDocuments(): Promise<Awaited<ReturnType<typeof testDefault>>> {
  const hypervisor = await testDefault()
  Object.assign(hypervisor, { capabilities, domainCapabilities })
  hypervisor.hostInfo = {
    ...hypervisor.hostInfo,
    firmware: { kind: 'device-tree', product: 'a\u001bb' },
  }
  return hypervisor
}

describe('capabilities', () => {
  it('is tables for people', async () => {
    const hypervisor = await withDocuments()
    expect((await run(['capabilities', '--table'], { hypervisor })).stdout).toBe(`Host CPU
  Host UUID:           66aaa80f-7ec6-4c19-9628-46afe7d99366
  Architecture:        ppc64le
  Model:               POWER9
  Vendor:              IBM
  Signature:           family 25, model 17, stepping 1
  Topology:            sockets 2, dies 1, cores 2, threads 1
  Address size:        48 bits
  IOMMU:               no
  Page sizes:          64 KiB, 2048 KiB
  Features:            htm, a\\u202eb

NUMA cells
 Cell   Memory        CPUs   Distances   Pages
-----------------------------------------------------------------------
 0      2097152 KiB   0-1    0:10 8:40   100 of 64 KiB, 0 of 2048 KiB
 8      -             -      -           -

Caches
 Level   Type   Size        CPUs
----------------------------------
 3       both   32768 KiB   0-1

Firmware
  Kind:                device-tree
  Product:             a\\x1bb

Guests
 Arch      OS    Bits   Domain types   Emulator        Machines
------------------------------------------------------------------------------------
 ppc64le   hvm   64     qemu, kvm      /opt/qemu\\x9b   pseries (pseries-7.2), prep

`)
  })

  it('is plain data for programs, with the document beside it', async () => {
    const hypervisor = await withDocuments()
    const { stdout } = await run(['--json', 'capabilities'], { hypervisor })
    const place = { socketId: 0, dieId: 0, siblings: '0-1' }
    expect(JSON.parse(stdout)).toEqual({
      xml: capabilities,
      host: {
        uuid: '66aaa80f-7ec6-4c19-9628-46afe7d99366',
        iommu: false,
        cpu: {
          ...{ arch: 'ppc64le', model: 'POWER9', vendor: 'IBM' },
          signature: { family: '25', model: '17', stepping: '1' },
          topology: { sockets: '2', dies: '1', cores: '2', threads: '1' },
          maxphysaddr: { mode: 'emulate', bits: '48' },
          features: ['htm', 'a\u202eb'],
          pageSizesKiB: [64, 2048],
        },
        cells: [
          {
            ...{ id: 0, memoryKiB: 2097152 },
            pages: [
              { sizeKiB: 64, count: 100 },
              { sizeKiB: 2048, count: 0 },
            ],
            distances: [
              { id: 0, value: 10 },
              { id: 8, value: 40 },
            ],
            cpus: [
              { id: 1, coreId: 1, ...place },
              { id: 0, coreId: 0, ...place },
            ],
          },
          { id: 8, pages: [], distances: [], cpus: [] },
        ],
        caches: [{ id: 0, level: 3, type: 'both', sizeKiB: 32768, cpus: '0-1' }],
      },
      guests: [
        {
          ...{ osType: 'hvm', arch: 'ppc64le', wordsize: 64, emulator: '/opt/qemu\u009b' },
          machines: [
            { name: 'pseries-7.2', maxCpus: 4096 },
            { name: 'pseries', canonical: 'pseries-7.2', maxCpus: 4096 },
            { name: 'prep', maxCpus: 1, deprecated: true },
          ],
          domainTypes: ['qemu', 'kvm'],
          features: { cpuselection: {}, acpi: { default: 'on', toggle: 'yes' } },
        },
      ],
    })
  })

  it('leaves out what the document does not say, or says as nonsense', async () => {
    const hypervisor = await withDocuments()
    hypervisor.capabilities = `<capabilities>
  <host>
    <cpu><pages unit='parsec' size='4'/><pages size='x'/><microcode/><__proto__/></cpu>
    <topology><cells><cell/><cell id='-1'/><cell id='1'><memory>99999999999999999999</memory>
      <cpus><cpu/></cpus></cell></cells></topology>
    <cache><bank size='1' unit='toString'/></cache>
  </host>
  <guest/>
  <guest><features><__proto__ default='on'/></features><arch/></guest>
</capabilities>`
    const { stdout } = await run(['--json', 'capabilities'], { hypervisor })
    const { host, guests } = JSON.parse(stdout) as { host: unknown; guests: unknown }
    expect(host).toEqual({
      cpu: { microcode: {}, features: [], pageSizesKiB: [] },
      cells: [{ id: 1, pages: [], distances: [], cpus: [] }],
      caches: [{}],
    })
    expect(JSON.stringify(guests)).toBe(
      '[{"machines":[],"domainTypes":[],"features":{"__proto__":{"default":"on"}}}]',
    )
    const table = await run(['capabilities', '--table'], { hypervisor })
    expect(table).toMatchObject({ code: 0, stderr: '' })
    expect(table.stdout).toContain(' -      -    -      -              -          -\n')
  })
})

describe('domcapabilities', () => {
  it('is tables for people', async () => {
    const hypervisor = await withDocuments()
    expect((await run(['domcapabilities', '--table'], { hypervisor })).stdout).toBe(`Domain
  Emulator:            /opt/qemu
  Type:                kvm
  Machine:             pseries-7.2
  Architecture:        ppc64le
  Maximum vCPUs:       4096

CPU modes
 Mode               Supported   Gives
--------------------------------------------------------------------
 host-passthrough   yes         hostPassthroughMigratable: on, off
 host-model         yes         POWER9 (IBM) +htm -dfp
 custom             yes         -

CPU models
 Model       Usable    Vendor   Remarks
---------------------------------------------------
 POWER9      yes       IBM      -
 POWER\\x9b   no        IBM      deprecated
 power9      unknown   -        stands for POWER9

Devices
 Device   Supported   Offers
----------------------------------------------------------------
 rng      yes         model: virtio; backendModel: random, egd
 tpm      no          -

Features
 Feature   Supported   Offers
------------------------------------
 sev       yes         cbitpos: 47

Others
 Element     Supported   Offers
---------------------------------------------------------
 iothreads   yes         -
 os          yes         firmware: -
 os/loader   yes         /usr/share/slof.bin; type: rom

`)
  })

  it('is plain data for programs, with the document beside it', async () => {
    const hypervisor = await withDocuments()
    const { stdout } = await run(['domcapabilities', '--json'], { hypervisor })
    expect(JSON.parse(stdout)).toEqual({
      xml: domainCapabilities,
      ...{ path: '/opt/qemu', domain: 'kvm', machine: 'pseries-7.2', arch: 'ppc64le' },
      vcpuMax: 4096,
      cpu: {
        modes: [
          {
            ...{ name: 'host-passthrough', supported: true },
            enums: { hostPassthroughMigratable: ['on', 'off'] },
          },
          {
            ...{ name: 'host-model', supported: true, enums: {}, model: 'POWER9', vendor: 'IBM' },
            features: [
              { name: 'htm', policy: 'require' },
              { name: 'dfp', policy: 'disable' },
            ],
          },
          { name: 'custom', supported: true, enums: {} },
        ],
        models: [
          { name: 'POWER9', usable: 'yes', vendor: 'IBM' },
          { name: 'POWER\u009b', usable: 'no', vendor: 'IBM', deprecated: true },
          { name: 'power9', usable: 'unknown', canonical: 'POWER9' },
        ],
      },
      devices: {
        rng: { supported: true, enums: { model: ['virtio'], backendModel: ['random', 'egd'] } },
        tpm: { supported: false, enums: {} },
      },
      features: { sev: { supported: true, enums: {}, properties: { cbitpos: '47' } } },
      others: {
        iothreads: { supported: true, enums: {} },
        os: {
          ...{ supported: true, enums: { firmware: [] } },
          parts: {
            loader: { supported: true, enums: { type: ['rom'] }, values: ['/usr/share/slof.bin'] },
          },
        },
      },
    })
  })
})

describe('host info', () => {
  const info: HostInfo = {
    arch: 'x86_64',
    cpu: {
      ...{ model: 'EPYC', vendor: 'AMD', description: 'AMD EPYC\u001b[2J', mhz: 2596 },
      ...{ microcode: 167, physicalAddressBits: 48 },
      features: ['fpu', 'sse', 'avx2'],
      signature: { family: 25, model: 17, stepping: 1 },
      counter: { name: 'tsc', frequencyHz: 2596000000, scaling: true },
    },
    topology: { cpus: 4, nodes: 1, sockets: 1, dies: 1, cores: 2, threads: 2 },
    memoryKiB: 4194304,
    pageSizesKiB: [4, 2048],
    cells: [{ id: 0, memoryKiB: 4194304, cpus: [0, 1, 2, 3] }],
    firmware: { kind: 'smbios', manufacturer: 'LENOVO' },
    presentCpus: [0, 1, 2, 3, 4],
    onlineCpus: [0, 1, 2, 3],
    caches: [{ id: 0, level: 1, type: 'data', sizeKiB: 32, cpus: [0, 1] }],
    virtualization: { modules: ['kvm_amd'], nested: true, secure: ['sev'], iommu: false },
    facts: [['Boot\u202e mode', 'UEFI']],
    warnings: ['/proc/cpuinfo ends in the middle of a line, and this is a long sentence'],
  }

  it('shows all that is known, and what was not understood, in the width of the terminal', () => {
    expect(formatHostInfo(info, 60)).toBe(`CPU
  Architecture:        x86_64
  Model:               EPYC
  Vendor:              AMD
  Description:         AMD EPYC\\x1b[2J
  Frequency:           2596 MHz
  Microcode:           167
  Signature:           family 25, model 17, stepping 1
  Address size:        48 bits
  Counter:             tsc, 2596000000 Hz, scaling
  Features:            fpu, sse, avx2

Topology
  CPUs:                4
  Present CPUs:        0-4
  Online CPUs:         0-3
  NUMA cells:          1
  Sockets per cell:    1
  Dies per socket:     1
  Cores per die:       2
  Threads per core:    2
  Memory:              4194304 KiB
  Page sizes:          4 KiB, 2048 KiB

NUMA cells
 Cell   Memory        CPUs   Distances   Pages
------------------------------------------------
 0      4194304 KiB   0-3    -           -

Caches
 Level   Type   Size     CPUs
-------------------------------
 1       data   32 KiB   0-1

Firmware
  Kind:                smbios
  Manufacturer:        LENOVO

Virtualization
  KVM modules:         kvm_amd
  Nested guests:       yes
  Secure guests:       sev
  IOMMU:               no

Facts
  Boot\\u202e mode:     UEFI

Warnings
  - /proc/cpuinfo ends in the middle of a line, and this is
    a long sentence
`)
  })

  it('leaves out what is not known', async () => {
    const hypervisor = await testDefault()
    const { stdout } = await run(['host', 'info'], { hypervisor })
    expect(stdout).toBe(`CPU
  Architecture:        x86_64

Topology
  CPUs:                4
  NUMA cells:          1
  Sockets per cell:    1
  Cores per die:       4
  Threads per core:    1
  Memory:              4194304 KiB
  Page sizes:          4 KiB

Firmware
  Kind:                none

`)
    const json = await run(['host', 'info', '--json'], { hypervisor })
    expect(JSON.parse(json.stdout)).toEqual(hypervisor.hostInfo)
  })
})
