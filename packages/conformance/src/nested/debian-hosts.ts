import type { NestedRecipe, NestedRefusal } from './nested-recipe.ts'

const compatible = (model: string): string => `<cpu mode='host-model'><model>${model}</model></cpu>`

/** A mitigation that this KVM has not; the error has the element that works. */
const refusedMitigation = (name: string, value: string, qemuSays: string): NestedRefusal => ({
  what: `${name} '${value}'`,
  elements: `<features><${name} value='${value}'/></features>`,
  says: [
    new RegExp(`${name} '${value}' is not granted by this host with KVM`),
    new RegExp(`Requested ${qemuSays} capability level not supported by KVM`),
    new RegExp(`use <${name} value='broken'/>`),
  ],
})

/** TCG emulates the hypervisor's nested interface (`cap-nested-hv`), not the mitigations. */
const powerHost: NestedRecipe = {
  suite: 'forky',
  kvmModule: 'kvm_hv',
  elements: `<features>
    <nested-hv state='on'/>
    <ccf-assist state='off'/>
    <cfpc value='broken'/>
    <sbbc value='broken'/>
    <ibs value='broken'/>
  </features>
  <cpu><model>POWER9</model></cpu>`,
  processor: { model: 'POWER9', registers: { pvr: 0x004e_1200 } },
  granted: [`<cfpc value='broken'/>`, `<ccf-assist state='off'/>`, `<cpu mode='host-passthrough'`],
  modes: [
    {
      what: 'in the mode of POWER9',
      elements: compatible('power9'),
      argv: /max-cpu-compat=power9/,
    },
  ],
  refused: [
    refusedMitigation('cfpc', 'fixed', 'safe cache'),
    refusedMitigation('sbbc', 'fixed', 'safe bounds check'),
    // Every level of the third one (ibs) is granted there.
    {
      what: 'mode with hash page tables, which KVM in a guest does not have',
      elements: compatible('power8'),
      says: [/no hash page tables.*use 'power9'/],
    },
    {
      what: 'mode newer than the host; the error has those that it has',
      elements: compatible('power10'),
      says: [/power8, power9/],
    },
  ],
}

/** What Windows is given. */
const enlightenments = ['relaxed', 'vapic', 'vpindex', 'runtime', 'synic', 'stimer', 'frequencies']

/**
 * TCG emulates AMD-V with nested page tables, and no VT-x. Of what an EPYC has, it leaves out so much that
 * the host knows itself as the oldest model with AMD-V's instructions.
 */
const amdHost: NestedRecipe = {
  suite: 'forky',
  kvmModule: 'kvm_amd',
  elements: `<cpu mode='custom' match='exact' check='none'><model>EPYC</model></cpu>`,
  processor: { model: 'Opteron_G2', registers: {} },
  granted: [`<cpu mode='custom' match='exact' check='none'>`],
  modes: [
    {
      what: 'with the processor that the host knows itself as',
      elements: '<cpu><model>Opteron_G2</model></cpu>',
      argv: /-cpu Opteron_G2/,
    },
    {
      what: 'with what KVM has of the host’s model',
      elements: `<cpu mode='host-model'/>`,
      argv: /-cpu EPYC,.*x2apic=on/,
    },
    {
      what: 'with the host’s processor itself',
      elements: `<cpu mode='host-passthrough'/>`,
      argv: /-cpu host,migratable=on/,
    },
    {
      what: 'with the words of Hyper-V, and its clock in place of KVM’s',
      elements: `<features><acpi/><apic/><hyperv mode='custom'>${enlightenments
        .map((name) => `<${name} state='on'/>`)
        .join(
          '',
        )}</hyperv><kvm><hidden state='on'/></kvm></features><cpu mode='maximum'/><clock offset='utc'><timer name='kvmclock' present='no'/><timer name='hypervclock' present='yes'/></clock>`,
      argv: /-cpu max,.*hv-synic=on,.*kvm=off/,
    },
  ],
  refused: [
    {
      what: 'processor of another maker; the error has what is missing',
      elements: '<cpu><model>Skylake-Client</model></cpu>',
      says: [/cpu\/model: Host CPU does not provide required features: .*\bmpx\b/],
    },
    {
      what: 'VT-x on an AMD host',
      elements: `<cpu mode='host-model'><feature policy='require' name='vmx'/></cpu>`,
      says: [/cpu\/feature\[1\]: Host CPU does not provide required features: vmx/],
    },
  ],
  since: {
    major: 10,
    why: 'the kernel of a host that 7.2 emulates was seen to end over its own stack while guests ran under KVM',
  },
}

/**
 * Hosts that can be emulated, by libvirt's name of the architecture. Data only: nothing in this package
 * asks which one it has.
 */
export const nestedHosts: Readonly<Record<string, NestedRecipe>> = {
  ppc64le: powerHost,
  x86_64: amdHost,
}
