import { deepStrictEqual, strictEqual } from 'node:assert'
import { optionsNamed } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'

const topology = (sockets: number, cores: number, threads: number): string =>
  `  <cpu><topology sockets='${sockets}' cores='${cores}' threads='${threads}'/></cpu>\n`

export const vcpuScenarios: readonly Scenario[] = [
  {
    id: 'vcpu/count',
    title: 'a guest has as many vCPUs as it was given',
    uses: [],
    domain: domainXml({ vcpu: '<vcpu>3</vcpu>' }),
    expect: {
      live: (machine) => strictEqual(machine.cpus.length, 3),
      guest: (report) => strictEqual(report.vcpus.online.length, 3),
    },
  },
  {
    id: 'vcpu/current',
    title: 'fewer vCPUs than the maximum are there at start',
    uses: [],
    domain: domainXml({ vcpu: "<vcpu current='1'>4</vcpu>" }),
    expect: {
      plan(planned) {
        const [smp] = optionsNamed(planned, '-smp')
        strictEqual(smp?.properties['maxcpus'], '4')
      },
      live: (machine) => strictEqual(machine.cpus.length, 1),
    },
  },
  {
    id: 'vcpu/topology',
    title: 'sockets and cores are what the guest finds',
    uses: [],
    domain: domainXml({ vcpu: '<vcpu>4</vcpu>', cpu: topology(2, 2, 1) }),
    expect: {
      plan(planned) {
        const smp = optionsNamed(planned, '-smp')[0]?.properties
        deepStrictEqual([smp?.['sockets'], smp?.['cores'], smp?.['threads']], ['2', '2', '1'])
      },
      live: (machine) => strictEqual(machine.cpus.length, 4),
      guest(report) {
        strictEqual(report.vcpus.online.length, 4)
        strictEqual(report.vcpus.threads, 1)
      },
    },
  },
  {
    id: 'vcpu/threads',
    title: 'threads are vCPUs like others, where the emulator has them',
    uses: [],
    domain: domainXml({ vcpu: '<vcpu>4</vcpu>', cpu: topology(1, 2, 2) }),
    mayRefuse: 'cpu/topology/@threads',
    expect: {
      live: (machine) => strictEqual(machine.cpus.length, 4),
      guest({ vcpus }) {
        strictEqual(vcpus.online.length, 4)
        // A CPU model that has no words for threads shows them as cores.
        strictEqual(vcpus.sockets * vcpus.cores * vcpus.threads, 4)
      },
    },
  },
  {
    id: 'vcpu/topology-mismatch',
    title: 'a topology that does not make the number of vCPUs is refused',
    uses: [],
    domain: domainXml({ vcpu: '<vcpu>4</vcpu>', cpu: topology(1, 3, 1) }),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'cpu/topology' },
  },
  {
    id: 'vcpu/negative',
    title: 'a negative number of vCPUs is refused',
    uses: [],
    domain: domainXml({ vcpu: '<vcpu>-1</vcpu>' }),
    refused: { code: 'ERR_XML_ERROR', path: 'vcpu' },
  },
  {
    id: 'vcpu/places',
    title: 'places for vCPUs that are not there yet can be asked for, and are empty',
    uses: [],
    domain: domainXml({ vcpu: "<vcpu current='2'>4</vcpu>" }),
    expect: {
      live({ hotpluggableCpus }) {
        // A machine that plugs none in has no places.
        if (hotpluggableCpus.length === 0) return
        const filled = hotpluggableCpus.filter((one) => one['qom-path'] !== undefined)
        const count = (places: typeof hotpluggableCpus): number =>
          places.reduce((sum, one) => sum + one['vcpus-count'], 0)
        deepStrictEqual([count(filled), count(hotpluggableCpus)], [2, 4])
      },
      guest: ({ vcpus }) => strictEqual(vcpus.online.length, 2),
    },
  },
  {
    id: 'vcpu/current-beyond',
    title: 'more vCPUs at start than there may ever be are refused',
    uses: [],
    domain: domainXml({ vcpu: "<vcpu current='4'>2</vcpu>" }),
    refused: { code: 'ERR_XML_ERROR', path: 'vcpu' },
  },
  {
    id: 'vcpu/pinned',
    title: 'where vCPUs may run is kept',
    uses: [],
    domain: domainXml({
      vcpu: "<vcpu cpuset='0'>2</vcpu>\n  <cputune><vcpupin vcpu='0' cpuset='0'/></cputune>",
    }),
    expect: {
      plan: ({ stored }) => {
        deepStrictEqual(stored.vcpuCpuset, [0])
        deepStrictEqual(stored.cputune?.vcpupins, [{ vcpu: 0, cpuset: [0] }])
      },
    },
  },
]
