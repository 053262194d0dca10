import { parseDomain } from '../../src/xml/parse-domain.ts'
import type { ParsedDomain } from '../../src/xml/parse-domain.ts'
import { assumptionNotes } from '../../src/plan/notes.ts'
import { planContext } from '../../src/plan/plan-context.ts'
import type { PlanContext } from '../../src/plan/plan-context.ts'
import { planDomain, planRun } from '../../src/plan/plan-domain.ts'
import type { PlannedDomain } from '../../src/plan/plan-domain.ts'
import type { RuntimeChoices } from '../../src/qemu/argv-context.ts'
import type { Arch, QemuCapabilities } from '../../src/arch/index.ts'
import { testArch, testCapabilities, testHost } from './test-arch.ts'

/** Identities that do not change from one run to the next. */
export function fixedIdentities(): PlanContext['fresh'] {
  let n = 0
  return {
    uuid: () => '11111111-2222-4333-8444-555555555555',
    mac: () => `52:54:00:00:00:${(++n).toString(16).padStart(2, '0')}`,
  }
}

export interface ToyPlan extends PlannedDomain {
  readonly parsed: ParsedDomain
  readonly context: PlanContext
  /** The command line it would be started with. */
  argv(chosen?: Partial<RuntimeChoices>): readonly string[]
}

export interface ToyPlatform {
  readonly arch: Arch
  readonly capabilities: QemuCapabilities
}

/** Parses and plans a document for the machine `toy`. */
export function planToy(
  xml: string,
  validate = false,
  { arch, capabilities }: ToyPlatform = { arch: testArch, capabilities: testCapabilities },
): ToyPlan {
  const parsed = parseDomain(xml, { validate })
  const context = planContext(
    parsed.domain,
    {
      arch,
      guestName: 'toy64',
      capabilities,
      host: testHost,
      emulator: '/usr/bin/qemu-system-toy64',
      fresh: fixedIdentities(),
    },
    parsed.locate,
  )
  const planned = planDomain(parsed.domain, context, parsed.locate)
  const paths = { stateDir: '/run/t/domain-1-x', channelDir: '/run/t/channel/target/domain-1-x' }
  return {
    ...planned,
    notes: () => [...assumptionNotes(parsed.assumed), ...planned.notes()],
    parsed,
    context,
    argv: (chosen = {}) => planRun(planned.domain, context, { paths, ...chosen }).argv,
  }
}

/** A small document; each line can be replaced, and others added. */
export function toyXml(parts: { readonly [key: string]: string } = {}): string {
  const {
    root = `<domain type='qemu'>`,
    name = '<name>guest</name>',
    uuid = '',
    memory = `<memory unit='MiB'>64</memory>`,
    vcpu = '<vcpu>2</vcpu>',
    os = `<os><type arch='toy64' machine='toy'>hvm</type></os>`,
    more = '',
    devices = '',
  } = parts
  return `${root}\n${name}\n${uuid}\n${memory}\n${vcpu}\n${os}\n${more}\n<devices>\n${devices}\n</devices>\n</domain>`
}
