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
  mode: { elements: compatible('power9'), argv: /max-cpu-compat=power9/ },
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

/**
 * Hosts that can be emulated, by libvirt's name of the architecture. Data only: nothing in this package
 * asks which one it has.
 */
export const nestedHosts: Readonly<Record<string, NestedRecipe>> = { ppc64le: powerHost }
