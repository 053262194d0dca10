import { CommandError, explainFailure, invalidArgument, UsageError } from '../command-error.ts'
import type { Answer, Command, Context, Options, OptionSpec } from '../command.ts'
import { printable } from '../core.ts'
import type { Hypervisor } from '../core.ts'
import { domainOption, lookupDomain, quoted } from '../lookup-domain.ts'
import { flag, later, text } from '../option-specs.ts'

const activeDomain: OptionSpec = { ...domainOption, complete: 'active-domain' }
const modes = ['acpi', 'agent', 'initctl', 'signal', 'paravirt']
const modeOption: OptionSpec = text(
  'mode',
  'shutdown mode: acpi|agent|initctl|signal|paravirt',
  modes,
)

export const commands: readonly Command[] = [
  verb({
    name: 'shutdown',
    summary: 'gracefully shutdown a domain',
    description: 'Run shutdown in the target domain.',
    options: [activeDomain, modeOption],
    done: 'is being shutdown',
    check: checkMode,
    act: (hypervisor, reference, options) =>
      hypervisor.domainShutdown(reference, powerOptions(options)),
  }),
  verb({
    name: 'reboot',
    summary: 'reboot a domain',
    description: 'Run a reboot command in the target domain.',
    options: [activeDomain, modeOption],
    done: 'is being rebooted',
    check: checkMode,
    act: (hypervisor, reference, options) =>
      hypervisor.domainReboot(reference, powerOptions(options)),
  }),
  verb({
    name: 'reset',
    summary: 'reset a domain',
    description: 'Reset the target domain as if by power button',
    options: [activeDomain],
    done: 'was reset',
    act: (hypervisor, reference) => hypervisor.domainReset(reference),
  }),
  verb({
    name: 'destroy',
    summary: 'destroy (stop) a domain',
    description: 'Forcefully stop a given domain, but leave its resources intact.',
    options: [
      activeDomain,
      flag('graceful', 'terminate gracefully'),
      later(flag('remove-logs', 'remove domain logs')),
    ],
    done: 'destroyed',
    act: (hypervisor, reference, options) =>
      hypervisor.domainDestroy(reference, { graceful: options.flag('graceful') }),
  }),
  verb({
    name: 'suspend',
    summary: 'suspend a domain',
    description: 'Suspend a running domain.',
    options: [activeDomain],
    done: 'suspended',
    act: (hypervisor, reference) => hypervisor.domainSuspend(reference),
  }),
  verb({
    name: 'resume',
    summary: 'resume a domain',
    description: 'Resume a previously suspended domain.',
    options: [activeDomain],
    done: 'resumed',
    act: (hypervisor, reference) => hypervisor.domainResume(reference),
  }),
  {
    name: 'autostart',
    group: 'domain',
    summary: 'autostart a domain',
    description: 'Configure a domain to be automatically started at boot.',
    options: [
      { ...domainOption, required: false },
      flag('disable', 'disable autostarting'),
      flag('apply', 'start every domain that is marked and not active'),
    ],
    run: autostart,
  },
]

interface Verb extends Pick<Command, 'name' | 'summary' | 'options'> {
  readonly description: string
  /** `Domain 'web' …` */
  readonly done: string
  readonly check?: (options: Options) => void
  readonly act: (hypervisor: Hypervisor, reference: string, options: Options) => Promise<void>
}

/** A command that does one thing to one domain, and says so. */
function verb({ name, summary, description, options, done, check, act }: Verb): Command {
  const run = async (context: Context, given: Options): Promise<Answer> => {
    check?.(given)
    const { hypervisor, domain, reference } = await lookupDomain(context, given)
    const failure = `Failed to ${name} domain ${quoted(domain)}`
    await explainFailure(failure, act(hypervisor, reference, given))
    const { name: domainName, uuid } = domain
    return {
      remark: `Domain ${printable(quoted(domain))} ${done}\n`,
      json: { name: domainName, uuid },
    }
  }
  return { name, group: 'domain', summary, description, options, run }
}

/** How the guest is asked, where it is said. */
function powerOptions(options: Options): { readonly modes?: readonly ('acpi' | 'agent')[] } {
  const given = options.text('mode')?.split(',') ?? []
  const modes = (['agent', 'acpi'] as const).filter((mode) => given.includes(mode))
  return modes.length === 0 ? {} : { modes }
}

/** QEMU has a power button and an agent; the other ways are those of other hypervisors. */
function checkMode(options: Options): void {
  const given = options.text('mode')?.split(',') ?? []
  for (const mode of given) {
    if (!modes.includes(mode)) {
      const expected = "'acpi', 'agent', 'initctl', 'signal', or 'paravirt'"
      throw invalidArgument(`Unknown mode ${mode} value, expecting ${expected}`)
    }
  }
  if (given.length > 0 && !given.some((mode) => mode === 'acpi' || mode === 'agent')) {
    throw new CommandError(`mode '${given.join(',')}' is not offered yet; offered: acpi, agent`, {
      code: 'ERR_OPERATION_UNSUPPORTED',
    })
  }
}

async function autostart(context: Context, options: Options): Promise<Answer> {
  if (options.flag('apply')) return applyAutostart(context, options)
  if (options.text('domain') === undefined) {
    throw new UsageError("command 'autostart' requires <domain> option")
  }
  const disable = options.flag('disable')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const failure = `Failed to ${disable ? 'un' : ''}mark domain ${quoted(domain)} as autostarted`
  await explainFailure(failure, hypervisor.domainSetAutostart(reference, !disable))
  return {
    remark: `Domain ${printable(quoted(domain))} ${disable ? 'un' : ''}marked as autostarted\n`,
    json: { name: domain.name, uuid: domain.uuid, autostart: !disable },
  }
}

/** What a machine does once it is up. One that fails keeps none of the others from it. */
async function applyAutostart(context: Context, options: Options): Promise<Answer> {
  if (options.flag('disable') || options.text('domain') !== undefined) {
    throw new UsageError('option --apply is for all domains that are marked')
  }
  const hypervisor = await context.hypervisor()
  const { autostartStored } = await import('../start/autostart-stored.ts')
  const stored = await autostartStored(hypervisor)
  const results = await hypervisor.connectAutostart()
  for (const { what, name, error } of [
    ...stored,
    ...results.map((each) => ({ what: 'domain', ...each })),
  ]) {
    if (error !== undefined) context.warn(`Failed to start ${what} '${name}': ${error.message}`)
  }
  const started = results.filter(({ error }) => error === undefined)
  return {
    remark: started.map((domain) => `Domain ${printable(quoted(domain))} started\n`).join(''),
    json: results.map(({ name, uuid, error }) => ({
      name,
      uuid,
      ...(error !== undefined && { error: error.message }),
    })),
    failed: started.length < results.length || stored.some(({ error }) => error !== undefined),
  }
}
