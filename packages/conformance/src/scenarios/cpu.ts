import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { optionsNamed } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'

export const cpuScenarios: readonly Scenario[] = [
  {
    id: 'cpu/default',
    title: 'a domain without <cpu> gets one that is named, or leaves the choice to QEMU openly',
    uses: [],
    domain: domainXml(),
    expect: {
      plan(planned) {
        const named = planned.stored.cpu?.model
        const [option] = optionsNamed(planned, '-cpu')
        strictEqual(option === undefined, planned.stored.cpu === undefined)
        if (named !== undefined) ok(option?.value !== undefined && option.value !== '')
      },
      guest(report, planned) {
        const { model } = planned.stored.cpu ?? {}
        const known = planned.target.arch.cpu.models.find(({ name }) => name === model)
        const [first] = known?.pvrs ?? []
        if (first === undefined || report.cpu.pvr === undefined) return
        const matches = known?.pvrs?.some(
          ({ value, mask }) => ((report.cpu.pvr ?? 0) & mask) >>> 0 === value,
        )
        ok(matches, `the guest has PVR ${report.cpu.pvr.toString(16)}, which is no ${model}`)
      },
    },
  },
  {
    id: 'cpu/unknown-model',
    title: 'a CPU model that nobody has is refused at define',
    uses: [],
    domain: domainXml({
      cpu: "  <cpu mode='custom' match='exact'><model>POWER99-Lake</model></cpu>\n",
    }),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'cpu' },
  },
  {
    id: 'cpu/host-passthrough-tcg',
    title: 'the host’s own CPU needs the host’s own execution, which TCG is not',
    uses: [],
    domain: domainXml({ cpu: "  <cpu mode='host-passthrough'/>\n" }),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'cpu' },
  },
  {
    id: 'cpu/host-model-tcg',
    title: 'host-model under TCG is a CPU that runs, or refused at define: never a failing start',
    uses: [],
    domain: domainXml({ cpu: "  <cpu mode='host-model'/>\n" }),
    mayRefuse: 'cpu',
  },
  {
    id: 'cpu/maximum',
    title: 'mode maximum is everything the emulator can, or refused at define',
    uses: [],
    domain: domainXml({ cpu: "  <cpu mode='maximum'/>\n" }),
    mayRefuse: 'cpu',
    expect: {
      plan: (planned) => ok(optionsNamed(planned, '-cpu').length === 1),
    },
  },
  {
    id: 'cpu/numa',
    title: 'NUMA nodes have the memory and the vCPUs that they were given',
    uses: [],
    mayRefuse: 'cpu/numa',
    domain: domainXml({
      memory: "<memory unit='GiB'>1</memory>",
      vcpu: '<vcpu>4</vcpu>',
      cpu:
        "  <cpu><numa><cell id='0' cpus='0-1' memory='512' unit='MiB'>" +
        "<distances><sibling id='0' value='10'/><sibling id='1' value='21'/></distances></cell>" +
        "<cell id='1' cpus='2-3' memory='512' unit='MiB'>" +
        "<distances><sibling id='0' value='21'/><sibling id='1' value='10'/></distances></cell>" +
        '</numa></cpu>\n',
    }),
    expect: {
      plan(planned) {
        const nodes = optionsNamed(planned, '-numa').filter(({ value }) =>
          value?.startsWith('node,'),
        )
        strictEqual(nodes.length, 2)
      },
      live(machine) {
        const nodeOf = machine.cpus.map(({ props }) => props?.['node-id'])
        deepStrictEqual(nodeOf, [0, 0, 1, 1])
        strictEqual(machine.memory['base-memory'], 1024 ** 3)
      },
      guest(report) {
        // Firmware tables carry nodes; a board without them shows one.
        if (report.nodes.length < 2) return
        deepStrictEqual(
          report.nodes.map(({ cpus }) => cpus),
          [
            [0, 1],
            [2, 3],
          ],
        )
      },
    },
  },
  {
    id: 'cpu/numa-overlap',
    title: 'a vCPU in two NUMA nodes is refused',
    uses: [],
    domain: domainXml({
      cpu:
        "  <cpu><numa><cell id='0' cpus='0-1' memory='262144'/>" +
        "<cell id='1' cpus='1' memory='262144'/></numa></cpu>\n",
    }),
    refused: { code: 'ERR_XML_ERROR', path: 'cpu/numa/cell[2]' },
  },
  {
    id: 'cpu/feature-unknown',
    title: 'a CPU feature that nobody knows is refused at define',
    uses: [],
    domain: domainXml({
      cpu: "  <cpu><feature policy='require' name='no-such-feature'/></cpu>\n",
    }),
    refused: { path: 'cpu' },
  },
  {
    id: 'cpu/mode-unknown',
    title: 'a CPU mode that nobody knows is refused',
    uses: [],
    domain: domainXml({ cpu: "  <cpu mode='quantum'/>\n" }),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'cpu' },
  },
  {
    id: 'cpu/topology-zero',
    title: 'a topology without a core is refused',
    uses: [],
    domain: domainXml({
      cpu: "  <cpu><topology sockets='2' cores='0' threads='1'/></cpu>\n",
    }),
    refused: { code: 'ERR_XML_ERROR', path: 'cpu/topology' },
  },
  {
    id: 'cpu/topology-incomplete',
    title: 'a topology without its threads is refused',
    uses: [],
    domain: domainXml({ cpu: "  <cpu><topology sockets='2' cores='1'/></cpu>\n" }),
    refused: { code: 'ERR_XML_ERROR', path: 'cpu/topology' },
  },
]
