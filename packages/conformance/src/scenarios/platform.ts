import { domainXml, type Scenario } from '../scenario.ts'

const plain = domainXml()

/** What a document asks of a host or of an emulator that is not there. */
export const platformScenarios: readonly Scenario[] = [
  {
    id: 'platform/kvm-without-kvm',
    title: 'a guest for KVM is refused at define where KVM does not work, and is told why',
    uses: [],
    domain: domainXml({ type: 'kvm' }),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: '@type' },
  },
  {
    id: 'platform/arch-unknown',
    title: 'an architecture that nobody serves is refused',
    uses: [],
    domain: plain.replace('<type>', "<type arch='pdp11'>"),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'os/type/@arch' },
  },
  {
    id: 'platform/os-type',
    title: 'a guest that needs a hypervisor of another kind is refused',
    uses: [],
    domain: plain.replace('>hvm<', '>xen<'),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'os/type' },
  },
]
