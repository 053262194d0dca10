import { CommandError } from './command-error.ts'
import type { Context, OptionSpec, Options } from './command.ts'
import type { DomainSummary, Hypervisor } from './core.ts'
import { need } from './option-specs.ts'
import { isDomainError } from './output/report-error.ts'

export type ReferenceKind = 'id' | 'uuid' | 'name'

/** The `<domain>` that most commands take. */
export const domainOption: OptionSpec = need('domain', 'domain name, id or uuid', 'domain')

/** A domain and the connection it lives on. */
export interface FoundDomain {
  readonly hypervisor: Hypervisor
  readonly domain: DomainSummary
  /**
   * Names the same domain in later calls: its uuid, which no other domain's name can shadow, as
   * they are looked up id, uuid, name.
   */
  readonly reference: string
}

/**
 * The domain that the `domain` option names, by id, uuid or name in this order.
 *
 * @throws CommandError `failed to get domain 'NAME'`, the words that scripts wait for.
 */
export async function lookupDomain(context: Context, options: Options): Promise<FoundDomain> {
  const wanted = options.need('domain')
  const hypervisor = await context.hypervisor()
  try {
    const domain = await hypervisor.domainLookup(wanted)
    return { hypervisor, domain, reference: domain.uuid }
  } catch (cause) {
    throw lookupFailure(wanted, cause)
  }
}

/** As {@link lookupDomain}, for the commands that convert one kind of reference to another. */
export async function lookupDomainBy(
  context: Context,
  options: Options,
  kinds: readonly ReferenceKind[],
): Promise<FoundDomain> {
  const wanted = options.need('domain')
  const hypervisor = await context.hypervisor()
  const domains = await hypervisor.connectListAllDomains()
  for (const kind of (['id', 'uuid', 'name'] as const).filter((one) => kinds.includes(one))) {
    const domain = domains.find((candidate) => matches(candidate, kind, wanted))
    if (domain !== undefined) return { hypervisor, domain, reference: domain.uuid }
  }
  throw new CommandError(`failed to get domain '${wanted}'`, { code: 'ERR_NO_DOMAIN' })
}

function matches(domain: DomainSummary, kind: ReferenceKind, wanted: string): boolean {
  if (kind === 'id') return domain.id !== undefined && String(domain.id) === wanted
  return kind === 'uuid' ? domain.uuid === wanted.toLowerCase() : domain.name === wanted
}

/** virsh says only this much of a domain that is not there; any other reason is worth telling. */
function lookupFailure(wanted: string, cause: unknown): CommandError {
  const message = `failed to get domain '${wanted}'`
  if (isDomainError(cause) && cause.code === 'ERR_NO_DOMAIN') {
    return new CommandError(message, { code: 'ERR_NO_DOMAIN' })
  }
  return new CommandError(message, { cause })
}

/** `'web'`, as virsh's sentences quote it. */
export function quoted(domain: Pick<DomainSummary, 'name'>): string {
  return `'${domain.name}'`
}

/** libvirt's refusal of what only a guest that runs has. */
export function notRunning(): CommandError {
  return new CommandError('Requested operation is not valid: domain is not running', {
    code: 'ERR_OPERATION_INVALID',
  })
}
