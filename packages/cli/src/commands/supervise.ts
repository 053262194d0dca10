import type { Answer, Command, Context, Options } from '../command.ts'
import { formatEvent } from '../event-text.ts'
import { flag, int } from '../option-specs.ts'
import { safeJson } from '../output/safe-json.ts'

export const commands: readonly Command[] = [
  {
    name: 'supervise',
    group: 'polyvirt',
    summary: 'look after guests until interrupted',
    description:
      'Restart, end or keep what stopped as its definition says, clean up what ended.\n' +
      'No guest needs it to run; what it settles waits for it, paused.',
    options: [
      flag('autostart', 'start networks, pools and domains that are marked for it first'),
      int('interval', 'milliseconds between two looks'),
    ],
    run: supervise,
  },
]

async function supervise(context: Context, options: Options): Promise<Answer> {
  const intervalMs = options.integer('interval', 10)
  const hypervisor = await context.hypervisor()
  const { output, settings } = context
  if (options.flag('autostart')) {
    const { autostartStored } = await import('../start/autostart-stored.ts')
    for (const { what, name, error } of await autostartStored(hypervisor)) {
      if (error !== undefined) context.warn(`Failed to start ${what} '${name}': ${error.message}`)
    }
  }
  await hypervisor.supervise({
    signal: context.signal,
    autostart: options.flag('autostart'),
    ...(intervalMs !== undefined && { intervalMs }),
    onEvent: (event) =>
      output.write(settings.json ? `${safeJson(event)}\n` : formatEvent(event, false)),
    onError: (error) => context.warn(error.message),
  })
  return { code: 0 }
}
