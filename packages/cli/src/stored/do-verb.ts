import { explainFailure } from '../command-error.ts'
import type { Answer, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { Hypervisor } from '../core.ts'

/** A network or a storage pool, and the connection that keeps it. */
export interface Stored {
  readonly hypervisor: Hypervisor
  readonly kind: 'network' | 'pool'
  readonly name: string
  readonly uuid: string
}

export interface Verb {
  /** `destroy`, of `Failed to destroy network default`. */
  readonly verb: string
  /** `destroyed`, of `Network default destroyed`. */
  readonly done: string
  readonly act: (hypervisor: Hypervisor, uuid: string) => Promise<unknown>
}

/** Does one thing to it, and says so. */
export async function doVerb(
  { hypervisor, kind, name, uuid }: Stored,
  { verb, done, act }: Verb,
): Promise<Answer> {
  await explainFailure(`Failed to ${verb} ${kind} ${name}`, act(hypervisor, uuid))
  const title = { network: 'Network', pool: 'Pool' }[kind]
  return { remark: `${title} ${printable(name)} ${done}\n`, json: { name, uuid } }
}

/** Marks it for being started with the host, or with `--disable` no longer. */
export function autostartVerb(
  options: Options,
  mark: (hypervisor: Hypervisor, uuid: string, wanted: boolean) => Promise<unknown>,
): Verb {
  const wanted = !options.flag('disable')
  const verb = wanted ? 'mark' : 'unmark'
  return {
    verb,
    done: `${verb}ed as autostarted`,
    act: (hypervisor, uuid) => mark(hypervisor, uuid, wanted),
  }
}
