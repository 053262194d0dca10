import type { Answer, Command, Context, Options } from '../command.ts'
import { flag } from '../option-specs.ts'
import {
  buildOptions,
  overwriteOptions,
  readBuilding,
  readOverwriting,
} from '../storage/build-options.ts'
import { lookupPool, poolOption } from '../storage/lookup-pool.ts'
import { autostartVerb, doVerb } from '../stored/do-verb.ts'
import type { Verb } from '../stored/do-verb.ts'

export const commands: readonly Command[] = [
  {
    name: 'pool-autostart',
    group: 'pool',
    summary: 'autostart a pool',
    description: 'Configure a pool to be automatically started at boot.',
    options: [poolOption, flag('disable', 'disable autostarting')],
    run: (context, options) =>
      change(
        context,
        options,
        autostartVerb(options, (hypervisor, uuid, wanted) =>
          hypervisor.storagePoolSetAutostart(uuid, wanted),
        ),
      ),
  },
  {
    name: 'pool-build',
    group: 'pool',
    summary: 'build a pool',
    description: 'Build a given pool.',
    options: [poolOption, ...overwriteOptions],
    run: (context, options) => {
      const how = readOverwriting(options)
      return change(context, options, {
        verb: 'build',
        done: 'built',
        act: (hypervisor, uuid) => hypervisor.storagePoolBuild(uuid, how),
      })
    },
  },
  {
    name: 'pool-delete',
    group: 'pool',
    summary: 'delete a pool',
    description: 'Delete a given pool.',
    options: [poolOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'delete',
        done: 'deleted',
        act: (hypervisor, uuid) => hypervisor.storagePoolDelete(uuid),
      }),
  },
  {
    name: 'pool-destroy',
    group: 'pool',
    summary: 'destroy (stop) a pool',
    description: 'Forcefully stop a given pool. Raw data in the pool is untouched',
    options: [poolOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'destroy',
        done: 'destroyed',
        act: (hypervisor, uuid) => hypervisor.storagePoolDestroy(uuid),
      }),
  },
  {
    name: 'pool-refresh',
    group: 'pool',
    summary: 'refresh a pool',
    description: 'Refresh a given pool.',
    options: [poolOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'refresh',
        done: 'refreshed',
        act: (hypervisor, uuid) => hypervisor.storagePoolRefresh(uuid),
      }),
  },
  {
    name: 'pool-start',
    group: 'pool',
    summary: 'start a (previously defined) inactive pool',
    description: 'Start a pool.',
    options: [poolOption, ...buildOptions],
    run: (context, options) => {
      const how = readBuilding(options)
      return change(context, options, {
        verb: 'start',
        done: 'started',
        act: (hypervisor, uuid) => hypervisor.storagePoolCreate(uuid, how),
      })
    },
  },
  {
    name: 'pool-undefine',
    group: 'pool',
    summary: 'undefine an inactive pool',
    description: 'Undefine the configuration for an inactive pool.',
    options: [poolOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'undefine',
        done: 'has been undefined',
        act: (hypervisor, uuid) => hypervisor.storagePoolUndefine(uuid),
      }),
  },
]

async function change(context: Context, options: Options, verb: Verb): Promise<Answer> {
  const { hypervisor, pool } = await lookupPool(context, options)
  const { name, uuid } = pool
  return doVerb({ hypervisor, kind: 'pool', name, uuid }, verb)
}
