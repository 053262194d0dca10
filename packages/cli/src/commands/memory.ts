import { changeTarget } from '../change-target.ts'
import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { need, targetOptions } from '../option-specs.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'

export const commands: readonly Command[] = [
  {
    name: 'setmem',
    group: 'domain',
    summary: 'change memory allocation',
    description: 'Change the current memory allocation in the guest domain.',
    options: [
      domainOption,
      need('size', 'new memory size, as scaled integer (default KiB)'),
      ...targetOptions,
    ],
    run: setmem,
  },
  {
    name: 'setmaxmem',
    group: 'domain',
    summary: 'change maximum memory limit',
    description: 'Change the maximum memory allocation limit in the guest domain.',
    options: [
      domainOption,
      need('size', 'new maximum memory size, as scaled integer (default KiB)'),
      ...targetOptions,
    ],
    run: setmaxmem,
  },
]

/** libvirt gives memory in KiB. */
function memoryOf(options: Options): number {
  const bytes = scaledInteger(options, 'size', 1024) ?? 0
  return Math.ceil(bytes / 1024)
}

async function setmem(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const memoryKiB = memoryOf(options)
  const { hypervisor, reference } = await lookupDomain(context, options)
  await hypervisor.domainSetMemory(reference, memoryKiB, target)
  return { json: { memoryKiB } }
}

async function setmaxmem(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const maxMemoryKiB = memoryOf(options)
  const { hypervisor, reference } = await lookupDomain(context, options)
  await explainFailure(
    'Unable to change MaxMemorySize',
    hypervisor.domainSetMaxMemory(reference, maxMemoryKiB, target),
  )
  return { json: { maxMemoryKiB } }
}
