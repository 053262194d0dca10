import { ok, strictEqual } from 'node:assert'
import { domainXml, type Scenario } from '../scenario.ts'

/** Drivers by model. */
const tpmDrivers: Readonly<Record<string, readonly string[]>> = {
  'tpm-tis': ['tpm_tis'],
  'tpm-crb': ['tpm_crb'],
  'tpm-spapr': ['tpm_ibmvtpm'],
}

export const attachedScenarios: readonly Scenario[] = [
  {
    id: 'tpm/emulated',
    title: 'a guest finds its TPM, of the version that it was given',
    uses: ['device:tpm'],
    needs: [{ program: 'swtpm', package: 'swtpm' }],
    drivers: ({ stored }) => tpmDrivers[stored.devices.tpm?.[0]?.model ?? ''] ?? [],
    domain: domainXml({
      devices:
        "<tpm><backend type='external'><source type='unix' mode='connect' path='/swtpm/socket'/>" +
        '</backend></tpm>',
    }),
    expect: {
      plan: ({ stored }) => ok(stored.devices.tpm?.[0]?.model !== undefined),
      async live(machine) {
        const found = (await machine.ask('query-tpm')) as readonly { model: string }[]
        strictEqual(found.length, 1)
      },
      async inside({ shell, report }) {
        strictEqual(report.classes['tpm']?.length, 1)
        strictEqual((await shell('cat /sys/class/tpm/tpm0/tpm_version_major')).trim(), '2')
      },
    },
  },
  {
    id: 'vsock/cid',
    title: 'a guest has the address on its vsock that it was given',
    uses: ['device:vsock/virtio'],
    needs: [{ device: '/dev/vhost-vsock' }],
    domain: domainXml({
      devices: "<vsock model='virtio'><cid auto='no' address='4242'/></vsock>",
    }),
    expect: {
      plan: ({ argv }) => ok(argv.some((word) => word.includes('"guest-cid":4242'))),
      live: (machine) => ok(machine.peripherals.has('vsock0')),
      guest: (report) => ok(report.virtio.some(({ device }) => device === 19)),
    },
  },
  {
    id: 'vsock/reserved',
    title: 'an address on the vsock that is the host’s own is refused',
    uses: ['device:vsock/virtio'],
    domain: domainXml({
      devices: "<vsock model='virtio'><cid auto='no' address='2'/></vsock>",
    }),
    refused: { code: 'ERR_XML_ERROR', path: 'devices/vsock' },
  },
  {
    id: 'memory/huge-pages',
    title: 'memory in huge pages of the host is in huge pages',
    uses: [],
    mayRefuse: 'memoryBacking',
    needs: [{ hugePagesMiB: 512 }],
    domain: domainXml({ middle: '  <memoryBacking><hugepages/></memoryBacking>\n' }),
    expect: {
      async live(machine) {
        const backends = (await machine.ask('query-memdev')) as readonly { prealloc: boolean }[]
        ok(backends.every(({ prealloc }) => prealloc))
      },
    },
  },
]
